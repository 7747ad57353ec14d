//! What the bank says of a file: its pain.002, read whole or refused whole, kept, and applied once somebody saw what it does.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;

use axum::extract::{Path, State};
use bytes::Bytes;
use epass_domain::{
    AppliedReport, BankFile, BankReason, BankWord, Batch, Fault, Invalid, Line, ParisDay, Refusal, Statement,
    TransferReference, Verdict,
};
use epass_files::{Document, sha256};
use epass_transfers::{MAX_REPORT_BYTES, Report, Status, read_report};
use epass_web::{App, Input, Kind, Problem, ProblemBody, Reply, Staff};
use flate2::read::GzDecoder;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use crate::batch::{self, Sheet, SheetPage};
use crate::form::{NoForm, REASON};
use crate::preview::{Preview, PreviewPage};
use crate::statement;

/// Unknown references that a refusal names.
const NAMED: usize = 5;
/// Statements that are changed at once.
const AT_ONCE: usize = 8;

/// What a report does, or did, to the transfers of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankReport)]
pub struct Read {
    /// Transfers that it speaks of.
    pub named: u32,
    /// Transfers that are known to be executed by it, and were not before.
    pub executed: u32,
    /// Transfers whose money is due again by it, and was not before.
    pub rejected: u32,
    /// Transfers that a person has to check because of it: the bank contradicts itself.
    pub contradicted: u32,
    /// Transfers of which it says nothing final: on their way, or held.
    pub pending: u32,
    /// Transfers of the file of which nothing final is known, with it or before.
    pub unanswered: u32,
    /// Whether nothing changed: all of it was known.
    pub is_known: bool,
}

impl Read {
    /// Whether it says nothing final at all: there is nothing to apply, and another report will follow.
    pub(crate) const fn is_pending(&self) -> bool {
        self.pending == self.named
    }
}

/// One order of the file, and what the report says of it.
pub(crate) struct Told {
    pub(crate) reference: TransferReference,
    /// Of the transfer, and of the whole file: they may contradict each other.
    words: Vec<BankWord>,
    pub(crate) before: Statement,
    /// As it is with the report.
    pub(crate) after: Statement,
    pub(crate) verdict: Verdict,
}

/// What a report does to a batch as it stands.
pub(crate) struct Plan {
    /// The orders that it speaks of.
    pub(crate) told: Vec<Told>,
    /// Orders of which neither it nor anything before says something final.
    unanswered: u32,
}

/// Takes the bank's report (pain.002, or the same compressed by gzip) and shows what it would do: nothing changes yet. Whole or
/// not at all: one for another file, or with an unknown reference, is refused.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/compte-rendu", request_body(
    content = NoForm, content_type = "multipart/form-data", description = "`report`: the file",
), params(("week" = String, Path, description = "Such as 2026-W47")), responses(
    (status = 200, description = "What it would do", body = Preview),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "The batch has no file", body = ProblemBody),
    (status = 413, description = "Over 6 MB; compress it", body = ProblemBody),
    (status = 422, description = "No report, one that is refused, for another batch, or with unknown references", body = ProblemBody),
))]
pub(crate) async fn import(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    input: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = batch::find(&app, &week).await?;
    batch.message().ok_or(Refusal::NoBankFile)?;
    let planned = async {
        let upload = input.file("report").ok_or(Fault::new("missing", "Joignez le compte rendu de la banque."));
        let upload = upload.map_err(not_taken)?;
        Ok((upload, Plan::of(&app, &batch, upload).await?))
    };
    let (upload, plan) = input.carry("report", planned).await?;
    let sha256 = sha256(upload);
    app.files.keep(&key(&batch, &sha256), Document { media_type: "application/octet-stream", bytes: upload }).await?;
    let preview = PreviewPage::of(&staff, &batch, &sha256, &plan);
    let see = preview.path();
    Ok(Reply::ok(preview).see(see))
}

/// Applies a report that was taken in. Applied again, it changes nothing more, and says so.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/comptes-rendus/{report}", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
    ("report" = String, Path, description = "SHA-256 of the report"),
), responses(
    (status = 200, description = "Applied", body = Sheet),
    (status = 404, description = "No such batch, or no such report", body = ProblemBody),
    (status = 422, description = "It is about a file that was replaced since", body = ProblemBody),
))]
pub(crate) async fn apply(
    State(app): State<App>,
    staff: Staff,
    Path((week, report)): Path<(String, String)>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let before = batch::find(&app, &week).await?;
    let plan = kept(&app, &before, &report).await?;
    let today = ParisDay::of(app.now());
    // First of all: from here on, what is noted of the batch is not taken back any more.
    let batch = batch::decide(&app, &week, |batch| batch.answered(today)).await?;
    let read = plan.apply(&app, &batch, today).await?;
    let applied = AppliedReport {
        sha256: report,
        on: today,
        executed: read.executed,
        rejected: read.rejected,
        contradicted: read.contradicted,
    };
    let after = batch::decide(&app, &week, |batch| batch.reported(applied.clone(), read.unanswered == 0)).await?;
    let read = Read { is_known: read.is_known && after.revision == before.revision, ..read };
    let word = match () {
        () if !read.is_known => "compte-rendu",
        () if read.is_pending() => "compte-rendu-attente",
        () => "compte-rendu-connu",
    };
    let sheet = SheetPage::of(&app, &staff, &after, "").await?.with_report(read);
    Ok(Reply::ok(sheet).see(format!("{}?fait={word}", batch::path(after.week))))
}

/// The plan of a report that was taken in, over the batch as it stands now.
pub(crate) async fn kept(app: &App, batch: &Batch, sha256: &str) -> Result<Plan, Problem> {
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return Err(Problem::not_found());
    }
    let upload = app.files.read(&key(batch, sha256)).await?.ok_or(Problem::not_found())?;
    Plan::of(app, batch, &upload).await
}

/// Refuses a report whole.
fn not_taken(fault: Fault) -> Problem {
    let mut invalid = Invalid::default();
    invalid.add("report", fault);
    invalid.into()
}

fn key(batch: &Batch, sha256: &str) -> String {
    format!("report/{}-{sha256}", batch.week)
}

impl Plan {
    /// What a report does; a fault refuses it whole.
    async fn of(app: &App, batch: &Batch, upload: &Bytes) -> Result<Self, Problem> {
        let report = opened(upload).and_then(|report| of_this_file(report, batch)).map_err(not_taken)?;
        let statements = app.store.reimbursements.ordered_in(batch.week).await?;
        not_rejected_whole(&report, batch, &statements).map_err(not_taken)?;
        Self::over(&report, batch, &statements, ParisDay::of(app.now())).map_err(not_taken)
    }

    fn over(report: &Report, batch: &Batch, statements: &[Statement], today: ParisDay) -> Result<Self, Fault> {
        let named = report.transfers.iter();
        let mut named: HashMap<&str, BankWord> =
            named.map(|one| (one.end_to_end.as_str(), word(one.status, one.reason.as_deref()))).collect();
        let mut plan = Self { told: Vec::new(), unanswered: 0 };
        for before in statements {
            for (reference, order) in before.orders_in(batch.week) {
                // A final word about the whole file is one about every transfer in it.
                let words: Vec<_> =
                    named.remove(reference.code().as_str()).into_iter().chain(whole(&report.whole)).collect();
                if words.is_empty() {
                    plan.unanswered += u32::from(order.is_unanswered());
                    continue;
                }
                let (after, verdict) = heard(before, &reference, &words, batch, today);
                let is_unanswered =
                    after.transfers.get(reference.attempt - 1).is_some_and(|order| order.is_unanswered());
                plan.unanswered += u32::from(is_unanswered);
                plan.told.push(Told { reference, words, before: before.clone(), after, verdict });
            }
        }
        let unknown: Vec<&str> =
            report.transfers.iter().map(|one| one.end_to_end.as_str()).filter(|one| named.contains_key(one)).collect();
        if unknown.is_empty() { Ok(plan) } else { Err(unknown_references(&unknown)) }
    }

    /// What it does, in numbers.
    pub(crate) fn read(&self) -> Read {
        self.counted(self.told.iter().map(|told| told.verdict))
    }

    fn counted(&self, verdicts: impl Iterator<Item = Verdict>) -> Read {
        let pending = self.told.iter().filter(|told| told.is_pending()).count();
        let (named, pending) = (count(self.told.len()), count(pending));
        let mut read = Read { named, pending, unanswered: self.unanswered, ..Read::default() };
        for verdict in verdicts {
            match verdict {
                Verdict::Unchanged => {}
                Verdict::Executed => read.executed += 1,
                Verdict::Rejected => read.rejected += 1,
                Verdict::Contradicted => read.contradicted += 1,
            }
        }
        Read { is_known: read.executed + read.rejected + read.contradicted == 0, ..read }
    }

    /// Stores what is new, each statement with the mail that tells of a failure.
    async fn apply(&self, app: &App, batch: &Batch, today: ParisDay) -> Result<Read, Problem> {
        let saved: Vec<_> = self.told.iter().map(|told| told.apply(app, batch, today)).collect();
        let verdicts: Vec<Verdict> = stream::iter(saved).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(self.counted(verdicts.into_iter()))
    }
}

/// A statement after all that a report says of one of its orders, and what that did in the end.
fn heard(
    before: &Statement,
    reference: &TransferReference,
    words: &[BankWord],
    batch: &Batch,
    today: ParisDay,
) -> (Statement, Verdict) {
    words.iter().fold((before.clone(), Verdict::Unchanged), |(standing, so_far), word| {
        let (after, verdict) = standing.reported(reference.attempt, word, batch, today);
        (after, if verdict == Verdict::Unchanged { so_far } else { verdict })
    })
}

impl Told {
    /// Whether nothing final is said of it.
    pub(crate) fn is_pending(&self) -> bool {
        self.words.iter().all(|word| *word == BankWord::Accepted)
    }

    /// Why it is rejected, where it is and the bank says so.
    pub(crate) fn reason(&self) -> Option<&Line> {
        self.words.iter().find_map(|word| match word {
            BankWord::Rejected { reason } => reason.as_ref(),
            BankWord::Executed | BankWord::Accepted => None,
        })
    }

    /// Stores it; where somebody changed the statement meanwhile, decides once more about that one.
    async fn apply(&self, app: &App, batch: &Batch, today: ParisDay) -> Result<Verdict, Problem> {
        const TRIES: usize = 4;
        let (mut before, mut after, mut verdict) = (self.before.clone(), self.after.clone(), self.verdict);
        for _ in 0..TRIES {
            if after == before || statement::save(app, &before, &after).await? {
                return Ok(verdict);
            }
            before = app.store.reimbursements.find(&before.number).await?.ok_or(Problem::new(Kind::Internal))?;
            (after, verdict) = heard(&before, &self.reference, &self.words, batch, today);
        }
        Err(Problem::new(Kind::Busy))
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The report in an upload, compressed or not; no more than the largest report is ever unpacked.
fn opened(upload: &Bytes) -> Result<Report, Fault> {
    if !upload.starts_with(&[0x1F, 0x8B]) {
        return read_report(upload);
    }
    let mut unpacked = Vec::new();
    let most = u64::try_from(MAX_REPORT_BYTES + 1).unwrap_or(u64::MAX);
    let unreadable =
        |_| Fault::new("report_compressed", "Ce fichier compressé est abîmé : joignez le fichier XML de la banque.");
    GzDecoder::new(upload.as_ref()).take(most).read_to_end(&mut unpacked).map_err(unreadable)?;
    read_report(&unpacked)
}

/// Whether a report is about this file.
fn of_this_file(report: Report, batch: &Batch) -> Result<Report, Fault> {
    let message = batch.message().unwrap_or_default();
    let named = &report.original_message;
    let replaced = batch.replaced.iter().any(|file| BankFile::message(batch.week, file.execution_day) == *named);
    if replaced {
        let said = format!(
            "Ce compte rendu parle du fichier « {named} », que « {message} » a remplacé : il n’aurait pas dû être transmis. Rien n’est changé. Voyez avec la banque si les deux fichiers lui sont parvenus : ils paieraient deux fois."
        );
        return Err(Fault::told("report_of_replaced_file", said));
    }
    if *named != message {
        let said = format!("Ce compte rendu est celui du fichier « {named} », et non de « {message} ».");
        return Err(Fault::told("report_of_another_batch", said));
    }
    Ok(report)
}

/// Refuses a report by which the bank took nothing of the file: it is transmitted again, or, where any of its transfers is known
/// to be executed, the bank contradicts itself, and nothing may be transmitted before a person has asked it. One that names every
/// transfer speaks of each of them.
fn not_rejected_whole(report: &Report, batch: &Batch, statements: &[Statement]) -> Result<(), Fault> {
    if !report.whole.contains(&Status::Rejected) {
        return Ok(());
    }
    let orders = || statements.iter().flat_map(|statement| statement.orders_in(batch.week));
    let named: HashSet<&str> = report.transfers.iter().map(|one| one.end_to_end.as_str()).collect();
    let names_all = orders().all(|(reference, _)| named.contains(reference.code().as_str()));
    let mut statuses = report.whole.iter().chain(report.transfers.iter().map(|one| &one.status));
    let says_executed = statuses.any(|status| *status == Status::Settled);
    if names_all && !says_executed {
        return Ok(());
    }
    let known = orders().filter(|(_, order)| order.was_executed()).count();
    let fault = |text: String| Err(Fault::told("file_rejected", text));
    if batch.is_paid() || known > 0 || says_executed {
        let said = match known {
            _ if says_executed => "dit aussi, dans ce même compte rendu, que des virements sont exécutés".to_owned(),
            0 => "a débité ce lot, noté payé : le fichier a pu lui être transmis deux fois".to_owned(),
            1 => "a dit qu’un virement de ce fichier est exécuté".to_owned(),
            _ => format!("a dit que {known} virements de ce fichier sont exécutés"),
        };
        return fault(format!(
            "La banque dit avoir refusé le fichier entier, mais elle {said}. Rien n’est changé. Ne transmettez rien de nouveau avant de savoir d’elle ce qu’il en est : des partenaires pourraient être payés deux fois."
        ));
    }
    let mut reasons = report.reason.iter().chain(report.transfers.iter().filter_map(|one| one.reason.as_ref()));
    let reason = reasons.find_map(|reason| of_bank(reason));
    let reason = reason.map_or_else(String::new, |reason| format!(" Motif : {}.", BankReason::of(&reason).sentence()));
    fault(format!(
        "La banque a refusé le fichier entier, aucun virement n’est parti.{reason} Rien n’est changé : transmettez de nouveau le même fichier une fois la cause levée."
    ))
}

/// What the whole file's statuses say of every transfer in it: that it is executed; or, where none is final, that it is on its
/// way. A rejection of the whole is not taken transfer by transfer ([`not_rejected_whole`]).
fn whole(statuses: &[Status]) -> Option<BankWord> {
    let says = |status| statuses.contains(&status);
    match () {
        () if says(Status::Settled) => Some(BankWord::Executed),
        () if says(Status::Accepted) => Some(BankWord::Accepted),
        () => None,
    }
}

/// A reason of the bank's, as long as it is kept.
fn of_bank(reason: &str) -> Option<Line> {
    Line::parse(&reason.chars().take(REASON).collect::<String>(), REASON).ok()
}

fn word(status: Status, reason: Option<&str>) -> BankWord {
    match status {
        Status::Settled => BankWord::Executed,
        Status::Rejected => BankWord::Rejected { reason: reason.and_then(of_bank) },
        Status::Partly | Status::Accepted => BankWord::Accepted,
    }
}

fn unknown_references(unknown: &[&str]) -> Fault {
    let named = unknown.iter().take(NAMED).map(|one| format!("« {one} »")).collect::<Vec<_>>().join(", ");
    let more = if unknown.len() > NAMED { format!(" et {} autres", unknown.len() - NAMED) } else { String::new() };
    Fault::told(
        "unknown_references",
        format!("Ce lot ne contient pas ces virements : {named}{more}. Rien n’est changé."),
    )
}

#[cfg(test)]
mod tests {
    use epass_transfers::TransferReport;
    use proptest::prelude::*;

    use super::*;
    use crate::preview::tests::{batch, statements};

    const WORDS: [Option<Status>; 4] = [None, Some(Status::Accepted), Some(Status::Settled), Some(Status::Rejected)];

    /// A report: what it says of the whole file, and of each of its transfers.
    fn report(whole: usize, each: &[usize], statements: &[Statement]) -> Report {
        let named = statements.iter().zip(each).filter_map(|(statement, word)| {
            let end_to_end = statement.reference().code();
            Some(TransferReport { end_to_end, status: WORDS[*word]?, reason: Some(format!("AC0{word}")) })
        });
        let whole = WORDS[whole].into_iter().filter(|status| *status != Status::Rejected).collect();
        Report { original_message: "1".into(), whole, reason: None, transfers: named.collect() }
    }

    /// The statements after some reports.
    fn after(reports: &[&Report], statements: &[Statement]) -> Vec<Statement> {
        let mut standing = statements.to_vec();
        for report in reports {
            let plan = Plan::over(report, &batch(), &standing, batch().opened_on).unwrap();
            for told in plan.told {
                let place = standing.iter().position(|one| one.number == told.after.number).unwrap();
                standing[place] = told.after;
            }
        }
        for one in &mut standing {
            // It counts the changes.
            one.revision = 0;
        }
        standing
    }

    proptest! {
        #[test]
        fn up_to_four_reports_end_the_same_in_every_order_and_read_again(
            words in proptest::collection::vec((0..4_usize, proptest::collection::vec(0..4_usize, 3)), 1..=4),
            shuffle in any::<prop::sample::Index>(),
            repeated in proptest::collection::vec(any::<bool>(), 4),
        ) {
            let statements = statements(3);
            let reports: Vec<Report> = words.iter().map(|(whole, each)| report(*whole, each, &statements)).collect();
            let in_order: Vec<&Report> = reports.iter().collect();
            let end = after(&in_order, &statements);
            let mut others = in_order.clone();
            others.extend(in_order.iter().zip(repeated).filter(|(_, again)| *again).map(|(report, _)| *report));
            let turn = shuffle.index(others.len());
            others.rotate_left(turn);
            prop_assert_eq!(&after(&others, &statements), &end);
            others.reverse();
            prop_assert_eq!(&after(&others, &statements), &end);
            for report in &reports {
                let again = Plan::over(report, &batch(), &end, batch().opened_on).unwrap();
                prop_assert!(again.read().is_known);
            }
        }
    }

    /// A report of these words about the whole, and of the first transfers.
    fn said(whole: &[Status], each: &[usize], statements: &[Statement]) -> Report {
        Report { whole: whole.to_vec(), reason: Some("AM05, Doublon".into()), ..report(0, each, statements) }
    }

    #[test]
    fn a_file_that_is_rejected_whole_changes_nothing_and_is_sent_again_only_where_nothing_of_it_is_executed() {
        use Status::{Accepted, Partly, Rejected, Settled};
        let fresh = statements(3);
        let executed = after(&[&report(0, &[2, 0, 0], &fresh)], &fresh);
        let (again, ask) = ("transmettez de nouveau le même fichier", "Ne transmettez rien de nouveau");
        for (whole, each, standing, advice) in [
            (vec![Rejected], [0, 0, 0], &fresh, again),
            (vec![Accepted, Rejected], [0, 0, 0], &fresh, again),
            (vec![Partly, Rejected], [0, 0, 0], &fresh, again),
            (vec![Rejected], [3, 0, 0], &fresh, again),
            (vec![Rejected], [0, 0, 0], &executed, ask),
            (vec![Rejected], [0, 3, 0], &executed, ask),
            (vec![Settled, Rejected], [0, 0, 0], &fresh, ask),
            (vec![Rejected], [2, 0, 0], &fresh, ask),
            (vec![Rejected], [2, 3, 3], &fresh, ask),
        ] {
            let fault = not_rejected_whole(&said(&whole, &each, &fresh), &batch(), standing).unwrap_err();
            assert_eq!(fault.code, "file_rejected");
            assert!(fault.message.contains(advice), "{whole:?}, {each:?}: {}", fault.message);
            assert_eq!(fault.message.contains("opération en double (AM05)"), advice == again, "{}", fault.message);
        }
        let each_named = said(&[Rejected], &[3, 3, 3], &fresh);
        assert!(not_rejected_whole(&each_named, &batch(), &fresh).is_ok());
        let read = Plan::over(&each_named, &batch(), &fresh, batch().opened_on).unwrap().read();
        assert_eq!(read, Read { named: 3, rejected: 3, ..Read::default() });
    }

    #[test]
    fn the_most_final_word_about_the_whole_counts_and_one_that_a_transfer_contradicts_is_checked() {
        use Status::{Accepted, Partly, Settled};
        let statements = statements(3);
        for whole in [vec![Settled], vec![Accepted, Settled], vec![Partly, Settled], vec![Settled, Accepted]] {
            let read =
                Plan::over(&said(&whole, &[], &statements), &batch(), &statements, batch().opened_on).unwrap().read();
            assert_eq!(read, Read { named: 3, executed: 3, ..Read::default() }, "{whole:?}");
        }
        let contradicted = said(&[Settled], &[3, 0, 0], &statements);
        let read = Plan::over(&contradicted, &batch(), &statements, batch().opened_on).unwrap().read();
        assert_eq!(read, Read { named: 3, executed: 2, contradicted: 1, ..Read::default() });
    }

    #[test]
    fn a_report_of_one_of_three_says_that_two_are_unanswered() {
        let statements = statements(3);
        let plan = Plan::over(&report(0, &[2, 0, 0], &statements), &batch(), &statements, batch().opened_on).unwrap();
        let expected = Read { named: 1, executed: 1, unanswered: 2, ..Read::default() };
        assert_eq!(plan.read(), expected);
    }

    #[test]
    fn a_word_about_the_whole_file_contradicts_the_transfer_that_was_rejected() {
        let statements = statements(3);
        let (one, all) = (report(0, &[3, 0, 0], &statements), report(2, &[0, 0, 0], &statements));
        let end = after(&[&one, &all], &statements);
        assert_eq!(end, after(&[&all, &one], &statements));
        assert_eq!(end.iter().map(Statement::is_to_check).collect::<Vec<_>>(), [true, false, false]);
    }
}
