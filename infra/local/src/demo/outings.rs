//! The demo school's outings: some in every state, with the prices held on the participants' wallets. Léa Martin takes
//! part in one and can still join another. One is today, so that it can be settled.

use epass_domain::{
    Beneficiary, Campaign, CardState, Did, Email, Establishment, Euros, Expected, Line, Paragraph, ParisDay,
    Participant, Partner, Party, Presence, Price, Settlement, SettlementTerms, Sheet, Sortie, SortieId, SortieState,
    Step, StepId, TransactionId, VoucherNumber, Wallet,
};
use epass_web::StartError;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Builder;

use super::{Demo, Young};

/// The demo's data of one outing.
struct Trip {
    title: &'static str,
    description: &'static str,
    /// The partner's rank among the places.
    place: usize,
    price: &'static str,
    /// Days from today to the outing.
    ahead: i32,
    expected: &'static str,
    organiser: &'static str,
    terms: SettlementTerms,
    /// The number of participants, without Léa Martin.
    joined: usize,
    with_lea: bool,
    so_far: SoFar,
}

/// The state that the outing has reached.
#[derive(Clone, Copy)]
enum SoFar {
    Asked,
    SentBack(&'static str),
    Open,
    Frozen,
    /// The number of absentees.
    Settled(usize),
    CalledOff(&'static str),
}

const TRIPS: [Trip; 9] = [
    Trip {
        title: "Les Temps modernes, ciné-philo",
        description: "Projection à 14 h, puis une heure d’échange en salle sur le travail et la machine.\n\
            Rendez-vous à 13 h 15 devant le lycée.",
        place: CINEMA,
        price: "4,50",
        ahead: 0,
        expected: "16",
        organiser: "M. Faure, philosophie",
        terms: SettlementTerms::Actual,
        joined: 15,
        with_lea: false,
        so_far: SoFar::Frozen,
    },
    Trip {
        title: "Festival du court métrage lycéen",
        description: "Six courts métrages, et le vote du prix des lycéens.\nApporter de quoi écrire.",
        place: CINEMA,
        price: "2",
        ahead: 9,
        expected: "24",
        organiser: "Mme Roux, lettres",
        terms: SettlementTerms::Actual,
        joined: 11,
        with_lea: true,
        so_far: SoFar::Open,
    },
    Trip {
        title: "Le Cid, séance scolaire",
        description: "Une heure quarante, sans entracte. Rencontre avec la troupe à l’issue de la représentation.",
        place: THEATRE,
        price: "5",
        ahead: 20,
        expected: "30",
        organiser: "Mme Roux, lettres",
        terms: SettlementTerms::Actual,
        joined: 7,
        with_lea: false,
        so_far: SoFar::Open,
    },
    Trip {
        title: "La Flûte enchantée, répétition générale",
        description: "Deux heures trente avec entracte. Présentation de l’œuvre en classe la semaine d’avant.",
        place: OPERA,
        price: "10",
        ahead: 5,
        expected: "25",
        organiser: "M. Nguyen, musique",
        terms: SettlementTerms::Flat,
        joined: 22,
        with_lea: false,
        so_far: SoFar::Frozen,
    },
    Trip {
        title: "Persepolis, en version originale",
        description: "Projection sous-titrée, suivie d’un débat animé par les élèves.",
        place: CINEMA,
        price: "4,50",
        ahead: 18,
        expected: "28",
        organiser: "Mme Haddad, histoire",
        terms: SettlementTerms::Actual,
        joined: 0,
        with_lea: false,
        so_far: SoFar::Asked,
    },
    Trip {
        title: "Rencontre avec un traducteur",
        description: "Il raconte comment un roman change de langue. Une heure, et un livre de poche pour chacun.",
        place: BOOKSHOP,
        price: "7",
        ahead: 12,
        expected: "32",
        organiser: "Mme Roux, lettres",
        terms: SettlementTerms::Flat,
        joined: 0,
        with_lea: false,
        so_far: SoFar::SentBack(
            "Avec plaisir, mais nous n’accueillons que 20 personnes à la fois : pouvez-vous venir en deux groupes, \
            le matin et l’après-midi ?",
        ),
    },
    Trip {
        title: "Avant-première : Le Grand Large",
        description: "Projection en présence de la réalisatrice.",
        place: CINEMA,
        price: "5",
        ahead: -16,
        expected: "26",
        organiser: "M. Faure, philosophie",
        terms: SettlementTerms::Actual,
        joined: 26,
        with_lea: false,
        so_far: SoFar::Settled(3),
    },
    Trip {
        title: "Atelier de reliure",
        description: "Chacun relie un carnet et l’emporte.",
        place: BOOKSHOP,
        price: "8",
        ahead: -30,
        expected: "18",
        organiser: "M. Nguyen, musique",
        terms: SettlementTerms::Flat,
        joined: 18,
        with_lea: false,
        so_far: SoFar::Settled(0),
    },
    Trip {
        title: "Antigone",
        description: "Deux heures, avec l’option théâtre.",
        place: THEATRE,
        price: "6",
        ahead: 7,
        expected: "20",
        organiser: "Mme Haddad, histoire",
        terms: SettlementTerms::Actual,
        joined: 12,
        with_lea: false,
        so_far: SoFar::CalledOff("Le conseil de classe a lieu ce jour-là : nous reprogrammons."),
    },
];

const BOOKSHOP: usize = 0;
const CINEMA: usize = 1;
const THEATRE: usize = 3;
const OPERA: usize = 6;

/// A participant and the address for mails.
struct Pupil<'a> {
    young: &'a mut Young,
    email: Email,
}

/// An outing while its history is generated.
struct Story<'a> {
    rng: &'a mut StdRng,
    now: Timestamp,
    partner: &'a Partner,
    sortie: Sortie,
    participants: Vec<Participant>,
    steps: Vec<Step>,
    settlement: Option<Settlement>,
}

impl Demo {
    /// The outings of a school. Wallets change in `young` only: the caller stores them afterwards.
    pub(super) async fn outings(
        &self,
        school: &Establishment,
        partners: &[Partner],
        young: &mut [Young],
    ) -> Result<(), StartError> {
        // A seed of its own: changes here do not alter the rest of the demo.
        let mut rng = StdRng::seed_from_u64(2027);
        let mut emails = Vec::with_capacity(young.len());
        for (rank, one) in young.iter().enumerate() {
            emails.push(self.profile(rank, &one.beneficiary)?.email);
        }
        let mut others = young.iter_mut().zip(emails).map(|(young, email)| Pupil { young, email });
        let mut lea = others.next();
        for trip in &TRIPS {
            let lea = if trip.with_lea { lea.take() } else { None };
            let active = others.by_ref().filter(|one| one.young.beneficiary.card_state == CardState::Active);
            let mut class: Vec<Pupil<'_>> = lea.into_iter().chain(active.take(trip.joined)).collect();
            let asked = trip.asked(self.now);
            let sheet = trip.sheet(self.now)?;
            let sortie =
                Sortie::submitted(SortieId::mint(rng.random()), (school, &partners[trip.place]), sheet, asked)?;
            let mut story = Story {
                rng: &mut rng,
                now: self.now,
                partner: &partners[trip.place],
                sortie,
                participants: Vec::new(),
                steps: Vec::new(),
                settlement: None,
            };
            story.go_on(trip.so_far, asked, &mut class)?;
            self.store.sorties.import(&story.sortie, &story.participants, &story.steps).await?;
            let owed: Vec<_> = story.settlement.iter().map(|one| one.transaction().clone()).collect();
            self.store.transactions.import(&owed).await?;
        }
        Ok(())
    }
}

impl Trip {
    /// A week before, or only yesterday when nobody has answered yet.
    fn asked(&self, now: Timestamp) -> Timestamp {
        let yesterday = now - SignedDuration::from_hours(20);
        match self.so_far {
            SoFar::Asked => yesterday,
            _ => yesterday - days(6 - self.ahead.min(0)),
        }
    }

    fn sheet(&self, now: Timestamp) -> Result<Sheet, StartError> {
        let day = school_day(ParisDay::of(now), self.ahead);
        let campaign = Campaign::of(day);
        Ok(Sheet {
            title: Line::parse(self.title, Sheet::TITLE)?,
            description: Paragraph::parse(self.description, Sheet::TEXT)?,
            day,
            price: Price::parse(self.price, campaign)?,
            expected: Expected::parse(self.expected)?,
            organiser: Line::parse(self.organiser, Sheet::NAME)?,
            referent: Line::parse("L’accueil des groupes", Sheet::NAME)?,
            terms: self.terms,
        })
    }
}

impl Story<'_> {
    fn go_on(&mut self, so_far: SoFar, asked: Timestamp, class: &mut [Pupil<'_>]) -> Result<(), StartError> {
        let answered = asked + SignedDuration::from_hours(26);
        let frozen = answered + days(3);
        self.tell(Party::Establishment, asked, Did::Requested);
        match so_far {
            SoFar::Asked => return Ok(()),
            SoFar::SentBack(comment) => return self.send_back(comment, answered),
            SoFar::Open | SoFar::Frozen | SoFar::Settled(_) | SoFar::CalledOff(_) => self.confirm(answered)?,
        }
        for (place, one) in class.iter_mut().enumerate() {
            let later = SignedDuration::from_hours(5) + SignedDuration::from_mins(11 * i64::try_from(place)?);
            self.join(one, answered + later)?;
        }
        match so_far {
            SoFar::Frozen => self.freeze(frozen),
            SoFar::Settled(absent) => {
                self.freeze(frozen)?;
                self.settle(&mut class[..absent])
            }
            SoFar::CalledOff(reason) => self.call_off(reason, class),
            SoFar::Asked | SoFar::SentBack(_) | SoFar::Open => Ok(()),
        }
    }

    /// Limits an instant to the outing's campaign, and to now.
    fn when(&self, at: Timestamp) -> Timestamp {
        at.max(self.sortie.sheet.campaign().first_day().starts()).min(self.now)
    }

    fn tell(&mut self, by: Party, at: Timestamp, did: Did) {
        let at = self.when(at);
        let who = match by {
            Party::Establishment => self.sortie.establishment_name.clone(),
            Party::Partner | Party::Beneficiary => self.sortie.partner_name.clone(),
        };
        self.write(by, who, at, did);
    }

    fn write(&mut self, by: Party, who: Line, at: Timestamp, did: Did) {
        let id = Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &self.rng.random());
        self.steps.push(Step { id: StepId(id.into_uuid()), at, by, who, did });
    }

    fn confirm(&mut self, at: Timestamp) -> Result<(), StartError> {
        self.sortie = self.sortie.clone().confirm(self.partner, self.sortie.version, self.when(at))?;
        self.tell(Party::Partner, at, Did::Confirmed);
        Ok(())
    }

    fn send_back(&mut self, comment: &str, at: Timestamp) -> Result<(), StartError> {
        let comment = Paragraph::parse(comment, Sheet::TEXT)?;
        self.sortie = self.sortie.clone().send_back(comment.clone(), self.sortie.version, self.when(at))?;
        self.tell(Party::Partner, at, Did::Returned { comment });
        Ok(())
    }

    /// Adds a participant and holds the price on the wallet of the outing's campaign.
    fn join(&mut self, one: &mut Pupil<'_>, at: Timestamp) -> Result<(), StartError> {
        let at = self.when(at);
        let wallet = *one.young.wallet_of(&self.sortie);
        let payer = Beneficiary { wallet, ..one.young.beneficiary.clone() };
        let hold = self.sortie.admit(&payer, one.email.clone(), at)?;
        one.young.wallet_of(&self.sortie).outing = self.sortie.holds(&payer, at)?;
        self.participants.push(hold.participant().clone());
        self.sortie.joined += 1;
        let who = Line::parse(&format!("N° de dossier {}", payer.file), Line::MAX)?;
        self.write(Party::Beneficiary, who, at, Did::Joined);
        Ok(())
    }

    fn freeze(&mut self, at: Timestamp) -> Result<(), StartError> {
        let joined = self.sortie.joined;
        let voucher = VoucherNumber::mint(self.rng.random());
        self.sortie = self.sortie.clone().validate(voucher, self.when(at))?;
        self.tell(Party::Establishment, at, Did::Validated { joined });
        Ok(())
    }

    /// Settles the outing on its day, at a quarter past three; absentees get the price back.
    fn settle(&mut self, absentees: &mut [Pupil<'_>]) -> Result<(), StartError> {
        let at = self.sortie.sheet.day.starts() + SignedDuration::from_mins(15 * 60 + 15);
        for one in absentees.iter_mut() {
            self.sortie.may_be_absent(self.partner, self.when(at))?;
            self.give_back(one, Presence::Absent)?;
            self.sortie.absent += 1;
            let file = one.young.beneficiary.file.clone();
            self.tell(Party::Partner, at - SignedDuration::from_mins(30), Did::DeclaredAbsent { file });
        }
        let id = TransactionId(
            Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &self.rng.random()).into_uuid(),
        );
        let SortieState::Validated { voucher, .. } = self.sortie.state.clone() else {
            return Err("a validated outing is settled".into());
        };
        let settlement = self.sortie.clone().settle(self.partner, &voucher, id, self.when(at))?;
        self.sortie = settlement.sortie().clone();
        let (present, absent) = (settlement.present(), settlement.absent());
        self.tell(Party::Partner, at, Did::Settled { present, absent });
        self.settlement = Some(settlement);
        Ok(())
    }

    fn call_off(&mut self, reason: &str, class: &mut [Pupil<'_>]) -> Result<(), StartError> {
        let reason = Paragraph::parse(reason, Sheet::TEXT)?;
        let at = self.now - SignedDuration::from_hours(21);
        self.sortie = self.sortie.clone().cancel(reason.clone(), self.when(at))?;
        self.tell(Party::Establishment, at, Did::Cancelled { reason });
        class.iter_mut().try_for_each(|one| self.give_back(one, Presence::Released))
    }

    fn give_back(&mut self, one: &mut Pupil<'_>, now: Presence) -> Result<(), StartError> {
        let place = self.participants.iter_mut().find(|other| other.beneficiary == one.young.beneficiary.id);
        place.ok_or("whoever gets the price back took part")?.presence = now;
        let price = self.sortie.sheet.price.euros();
        let outing = &mut one.young.wallet_of(&self.sortie).outing;
        *outing = Euros::from_cents(outing.cents() + price.cents());
        Ok(())
    }
}

impl Young {
    /// The wallet that pays for an outing.
    fn wallet_of(&mut self, sortie: &Sortie) -> &mut Wallet {
        match self.beneficiary.wallet.campaign == sortie.sheet.campaign() {
            true => &mut self.beneficiary.wallet,
            false => &mut self.earlier,
        }
    }
}

/// The day so far ahead, or the next school day; no later than the end of the campaign, whose credit pays for it.
fn school_day(today: ParisDay, ahead: i32) -> ParisDay {
    let day = today.plus_days(ahead);
    let day = match (ahead, day.date().weekday()) {
        (0, _) => day,
        (_, Weekday::Saturday) if ahead > 0 => day.plus_days(2),
        (_, Weekday::Sunday) if ahead > 0 => day.plus_days(1),
        (_, Weekday::Saturday) => day.plus_days(-1),
        (_, Weekday::Sunday) => day.plus_days(-2),
        _ => day,
    };
    day.min(Campaign::of(today).last_day())
}

fn days(count: i32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}
