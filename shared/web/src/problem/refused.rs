//! The status of each refusal, every variant by name: 422 when the request is not allowed, 409 when it is no longer
//! allowed.

use axum::http::StatusCode;
use epass_domain::{
    AttendanceRefusal, BatchRefusal, BonPlanRefusal, CardRefusal, ConventionRefusal, EnrolmentRefusal,
    EstablishmentRefusal, Refusal, SortieRefusal, StatementRefusal, TillRefusal, TransactionRefusal, VoucherRefusal,
    WalletRefusal,
};

/// The status of a refusal.
pub(super) const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Convention(refusal) => convention(refusal),
        Refusal::Wallet(refusal) => wallet(refusal),
        Refusal::Voucher(refusal) => voucher(refusal),
        Refusal::Transaction(refusal) => transaction(refusal),
        Refusal::Card(refusal) => card(refusal),
        Refusal::Enrolment(refusal) => enrolment(refusal),
        Refusal::Establishment(refusal) => establishment(refusal),
        Refusal::Till(refusal) => till(refusal),
        Refusal::BonPlan(refusal) => bon_plan(refusal),
        Refusal::Attendance(refusal) => attendance(refusal),
        Refusal::Sortie(refusal) => sortie(refusal),
        Refusal::Batch(refusal) => batch(refusal),
        Refusal::Statement(refusal) => statement(refusal),
    }
}

const fn convention(refusal: &ConventionRefusal) -> StatusCode {
    use ConventionRefusal as No;
    match refusal {
        No::NotInForce | No::EnvelopeNotNamed(_) | No::SiretTaken | No::ToConfirm => StatusCode::UNPROCESSABLE_ENTITY,
        No::NotAwaited | No::Changed => StatusCode::CONFLICT,
    }
}

const fn wallet(refusal: &WalletRefusal) -> StatusCode {
    use WalletRefusal as No;
    match refusal {
        No::CardSuspended | No::CampaignOver | No::BalanceTooLow { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

const fn voucher(refusal: &VoucherRefusal) -> StatusCode {
    use VoucherRefusal as No;
    match refusal {
        No::Used | No::Expired | No::ForAnotherEnvelope(_) | No::TooMany => StatusCode::UNPROCESSABLE_ENTITY,
        No::Wallet(refusal) => wallet(refusal),
    }
}

const fn transaction(refusal: &TransactionRefusal) -> StatusCode {
    use TransactionRefusal as No;
    match refusal {
        No::EnvelopeMissing | No::TicketExpired | No::TicketUsed { .. } | No::CardReplaced => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        No::AlreadyCancelled | No::CancellationDayOver => StatusCode::CONFLICT,
        No::Convention(refusal) => convention(refusal),
        No::Wallet(refusal) => wallet(refusal),
        No::Voucher(refusal) => voucher(refusal),
    }
}

const fn card(refusal: &CardRefusal) -> StatusCode {
    use CardRefusal as No;
    match refusal {
        No::Changed => StatusCode::CONFLICT,
    }
}

const fn enrolment(refusal: &EnrolmentRefusal) -> StatusCode {
    use EnrolmentRefusal as No;
    match refusal {
        No::NotEligible(_) => StatusCode::UNPROCESSABLE_ENTITY,
        No::AlreadyDecided | No::LinkExpired | No::AlreadyConfirmed | No::NothingToRenew | No::NotAwaited => {
            StatusCode::CONFLICT
        }
    }
}

const fn establishment(refusal: &EstablishmentRefusal) -> StatusCode {
    use EstablishmentRefusal as No;
    match refusal {
        No::UaiTaken => StatusCode::UNPROCESSABLE_ENTITY,
        No::Changed => StatusCode::CONFLICT,
    }
}

const fn till(refusal: &TillRefusal) -> StatusCode {
    use TillRefusal as No;
    match refusal {
        No::TooManyKeys => StatusCode::UNPROCESSABLE_ENTITY,
        No::KeyShown => StatusCode::CONFLICT,
    }
}

const fn bon_plan(refusal: &BonPlanRefusal) -> StatusCode {
    use BonPlanRefusal as No;
    match refusal {
        No::Over | No::PartnerBlocked => StatusCode::UNPROCESSABLE_ENTITY,
        No::Changed => StatusCode::CONFLICT,
        No::Convention(refusal) => convention(refusal),
    }
}

const fn attendance(refusal: &AttendanceRefusal) -> StatusCode {
    use AttendanceRefusal as No;
    match refusal {
        No::NoRegistration | No::TooYoung => StatusCode::UNPROCESSABLE_ENTITY,
        No::Ended | No::Suspended | No::NotPublished | No::Closed | No::AlreadyRegistered => StatusCode::CONFLICT,
        No::Wallet(refusal) => wallet(refusal),
    }
}

const fn sortie(refusal: &SortieRefusal) -> StatusCode {
    use SortieRefusal as No;
    match refusal {
        No::Over
        | No::NotYet(_)
        | No::NextCampaign(_)
        | No::PartnerWithoutConvention
        | No::NobodyJoined
        | No::NobodyPresent
        | No::FlatRate
        | No::WrongVoucher => StatusCode::UNPROCESSABLE_ENTITY,
        No::State(..) | No::Changed | No::InvitationExpired | No::AlreadyJoined | No::NotOnTheList => {
            StatusCode::CONFLICT
        }
        No::Convention(refusal) => convention(refusal),
        No::Wallet(refusal) => wallet(refusal),
    }
}

const fn batch(refusal: &BatchRefusal) -> StatusCode {
    use BatchRefusal as No;
    match refusal {
        No::WeekNotOver(_) | No::NotDue => StatusCode::UNPROCESSABLE_ENTITY,
        No::NotStopped | No::NoFile | No::BankAnswered | No::FileSent | No::FileStillGood(_) => StatusCode::CONFLICT,
    }
}

const fn statement(refusal: &StatementRefusal) -> StatusCode {
    use StatementRefusal as No;
    match refusal {
        No::NotOrdered | No::NotRejected | No::NotToCheck | No::FileNotSent | No::Changed => StatusCode::CONFLICT,
    }
}
