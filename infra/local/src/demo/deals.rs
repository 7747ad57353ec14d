//! The demo's bons plans: in every state, some full with a waiting list.

use epass_domain::{
    ArrivalId, Attendee, BonPlan, BonPlanDraft, BonPlanId, ClockTime, Content, Dates, DraftText, Email, Envelope,
    Hours, Line, MinimumAge, Offer, Paragraph, ParisDay, Partner, Place, Places, RegistrationTerms, Slot, Standing,
};
use epass_store::Candidate;
use epass_web::StartError;
use jiff::SignedDuration;
use rand::Rng;
use uuid::Builder;

use super::{Demo, Young};

const PLANS: usize = 44;
/// The first plans have few places and many registrants.
const WANTED: usize = 3;

/// Title, description, begin and end (both empty for whole days), and the price unless it is free.
type Kind = (&'static str, &'static str, (&'static str, &'static str), Option<&'static str>);

const READING: [Kind; 4] = [
    (
        "Rencontre avec une autrice de romans graphiques",
        "Elle raconte comment naît une planche, du premier trait à l’album. Dédicaces à la fin, goûter offert.",
        ("16:00", "18:00"),
        None,
    ),
    (
        "Atelier d’écriture : une nouvelle en deux heures",
        "Papier, crayons et une consigne par quart d’heure. Aucun niveau demandé, on repart avec son texte.",
        ("14:00", "16:00"),
        None,
    ),
    (
        "Un manga acheté, un poche offert",
        "Sur présentation de la carte e-PASS JEUNES, dans la limite des ouvrages sur la table « Bons plans ».",
        ("", ""),
        Some("1 livre de poche offert"),
    ),
    (
        "Nuit de la lecture",
        "Lectures à voix haute entre les rayons, lampe de poche conseillée. Boissons chaudes.",
        ("20:00", "00:00"),
        None,
    ),
];
const CINEMA: [Kind; 4] = [
    (
        "Avant-première suivie d’un débat",
        "Le réalisateur répond aux questions de la salle après la projection.",
        ("20:30", "23:00"),
        Some("4 € la place"),
    ),
    (
        "Ciné-club des lycées",
        "Un classique restauré, présenté par les élèves de l’option cinéma.",
        ("18:30", "20:45"),
        Some("3 € au lieu de 7 €"),
    ),
    ("Dans la cabine de projection", "Visite des coulisses : de la pellicule au numérique.", ("10:30", "11:30"), None),
    (
        "Marathon d’animation",
        "Trois films d’affilée, pause goûter comprise.",
        ("13:30", "20:00"),
        Some("9 € les trois films"),
    ),
];
const PERFORMANCE: [Kind; 4] = [
    (
        "Répétition générale ouverte",
        "Assistez au dernier filage avant la première, puis rencontrez la troupe.",
        ("19:00", "21:30"),
        None,
    ),
    (
        "Théâtre : deux places pour une",
        "Pour toutes les représentations de la semaine, au premier rang s’il en reste.",
        ("20:30", "22:00"),
        Some("2 places pour 10 €"),
    ),
    ("Atelier d’improvisation", "Deux heures de jeu avec les comédiens de la compagnie.", ("14:00", "16:00"), None),
    ("Concert du midi", "Une demi-heure de musique de chambre, sandwich autorisé.", ("12:30", "13:00"), Some("2 €")),
];

impl Demo {
    /// Bons plans of partners with a convention in force: most published, some waiting for the team, a draft, one
    /// refused. Léa Martin is registered for one and in the waiting list of another.
    pub(super) async fn bons_plans(&mut self, partners: &[Partner], young: &[Young]) -> Result<(), StartError> {
        let open: Vec<&Partner> = partners.iter().filter(|partner| partner.in_force().is_ok()).collect();
        for rank in 0..PLANS {
            let partner = open[rank % open.len()];
            let content = self.deal(rank, partner)?;
            let began = self.now - SignedDuration::from_hours(24 * 3) + SignedDuration::from_mins(i64::try_from(rank)?);
            let id = Builder::from_unix_timestamp_millis(began.as_millisecond().unsigned_abs(), &self.rng.random());
            let (name, partner_id) = (content.title.clone(), partner.id.clone());
            let text = DraftText::Copied { content: Box::new(content.clone()), picture: None };
            let draft = BonPlanDraft::new(BonPlanId(id.into_uuid()), partner_id, name, text);
            let sent = draft.clone().send(content, None, partner, began)?;
            let plan = match PLANS - rank {
                1 => {
                    self.store.bons_plans.create_draft(&draft).await?;
                    continue;
                }
                2 => sent.refuse(Paragraph::parse("Précisez l’adresse et l’heure de fin.", 200)?, self.now)?,
                3..=6 => sent,
                _ => sent.publish(began + SignedDuration::from_hours(20))?,
            };
            self.store.bons_plans.import(&plan).await?;
            if plan.is_published() && plan.content.registration.is_some() {
                self.registrants(rank, &plan, young).await?;
            }
        }
        Ok(())
    }

    fn deal(&mut self, rank: usize, partner: &Partner) -> Result<Content, StartError> {
        let envelopes = &partner.in_force()?.envelopes;
        let envelope = envelopes[rank / 7 % envelopes.len()];
        let kinds = match envelope {
            Envelope::Reading | Envelope::Outing => &READING,
            Envelope::Cinema => &CINEMA,
            Envelope::Performance => &PERFORMANCE,
        };
        let (title, description, (begin, end), price) = kinds[(rank + rank / 4) % kinds.len()];
        let address = &partner.dossier().ok_or("a partner in force has declared its dossier")?.activity.address;
        let today = ParisDay::of(self.now);
        let first = today.plus_days(i32::try_from(1 + rank % 30)?);
        let registers = rank < WANTED || rank.is_multiple_of(2);
        let hours = match begin {
            "" => None,
            _ => Some(Hours::new(ClockTime::parse(begin)?, ClockTime::parse(end)?)?),
        };
        let slot = |first: ParisDay, days| Slot::new(first, first.plus_days(days), hours);
        // A week in a row, three dates a week apart, or one date.
        let slots = match rank % 5 {
            0 => vec![slot(first, 6)?],
            3 => vec![slot(first, 0)?, slot(first.plus_days(7), 0)?, slot(first.plus_days(14), 0)?],
            _ => vec![slot(first, 0)?],
        };
        let dates = Dates::new(slots, self.now).map_err(|(_, fault)| fault)?;
        let registration = if registers { Some(RegistrationTerms::new(None, &dates)?) } else { None };
        let places = if rank < WANTED { 5 + u32::try_from(rank)? } else { 10 + u32::try_from(rank % 4)? * 10 };
        Ok(Content {
            title: Line::parse(title, Content::TITLE)?,
            description: Paragraph::parse(description, Content::TEXT)?,
            envelope,
            place: Place {
                name: partner.known_as().clone(),
                street: Some(address.street.clone()),
                postcode: address.postcode.clone(),
                commune: address.commune.clone(),
            },
            dates,
            times: if hours.is_none() { Some(Line::parse("aux heures d’ouverture", Content::TIMES)?) } else { None },
            offer: match price {
                None => Offer::Free,
                Some(price) => Offer::Reduced(Line::parse(price, Offer::TERMS)?),
            },
            minimum_age: if rank % 9 == 8 { Some(MinimumAge::try_from(18)?) } else { None },
            access_conditions: None,
            how_to_book: Some(Paragraph::parse("Présentez votre carte e-PASS JEUNES à l’accueil.", Content::TEXT)?),
            accompanied: rank.is_multiple_of(3),
            places: if registers { Some(Places::try_from(places)?) } else { None },
            registration,
        })
    }

    /// A few registrants for most; more than there are places for the wanted ones. Léa Martin has a place in the first,
    /// and is in the waiting list of the second.
    async fn registrants(&mut self, rank: usize, plan: &BonPlan, young: &[Young]) -> Result<(), StartError> {
        let lea = match rank {
            0 => Some(0),
            1 => Some(10),
            _ => None,
        };
        let count = if rank < WANTED { 14 } else { 1 + rank % 6 };
        let attendances = &self.store.attendances;
        for place in 0..count {
            let one = if lea == Some(place) { &young[0] } else { &young[1 + (rank * 17 + place) % (young.len() - 1)] };
            let at = self.now - SignedDuration::from_hours(2) + SignedDuration::from_secs(i64::try_from(place)?);
            let arrival =
                Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &self.rng.random()).into_uuid();
            let of = &one.beneficiary;
            let number = if lea == Some(place) { 0 } else { 1 + (rank * 17 + place) % (young.len() - 1) };
            let attendee = Attendee {
                beneficiary: of.id,
                first_name: of.first_name.clone(),
                last_name: of.last_name.clone(),
                email: Email::parse(&format!("jeune{number}@example.org"))?,
                phone: None,
                arrival: ArrivalId(arrival),
                registered_at: at,
                standing: Standing::Waiting,
            };
            let candidate = Candidate { attendee, born: of.birth_date, card: of.card_state };
            let terms = attendances.terms(plan.id).await?.ok_or("what is published has terms")?;
            // The refusal of a young person below the age, or with a suspended card, is ignored.
            let _refused_or_not = attendances.join(plan, terms, &candidate, at, |_| None).await?;
        }
        let full = attendances.terms(plan.id).await?.is_some_and(|terms| terms.is_full());
        if full { Ok(self.store.shelves.say_full(plan).await?) } else { Ok(()) }
    }
}
