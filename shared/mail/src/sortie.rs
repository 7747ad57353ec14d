//! The mails about an outing (`product.md`, *Mails*; guide §9.2).

use epass_domain::{Line, Paragraph, Phase, Sortie, SortieId};
use serde::{Deserialize, Serialize};

use crate::words::Part::{self, Button, Fact, Quoted, Words};

/// What the letters about an outing have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outing {
    /// Which.
    pub id: SortieId,
    /// *Titre*.
    pub title: Line,
    /// *Date*, `28/11/2026`.
    pub day: String,
    /// *Prix unitaire*, `8,00 €`.
    pub price: String,
    /// How many participate.
    pub joined: u32,
    /// How many are expected; none in letters stored before it was told.
    pub expected: Option<u32>,
    /// Who of the establishment organises it; none in letters stored before it was told.
    pub organiser: Option<Line>,
    /// Who organises it.
    pub establishment: Line,
    /// Who receives it.
    pub partner: Line,
    /// The site.
    pub site_url: String,
}

impl Outing {
    /// The facts of an outing.
    pub fn of(sortie: &Sortie, site_url: &str) -> Self {
        Self {
            id: sortie.id.clone(),
            title: sortie.sheet.title.clone(),
            day: sortie.sheet.day.to_string(),
            price: sortie.sheet.price.euros().to_string(),
            joined: sortie.joined,
            expected: Some(sortie.sheet.expected.count().into()),
            organiser: Some(sortie.sheet.organiser.clone()),
            establishment: sortie.establishment_name.clone(),
            partner: sortie.partner_name.clone(),
            site_url: site_url.to_owned(),
        }
    }
}

/// What became of an outing, for who reads the mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "news")]
pub enum News {
    /// To the partner: an establishment asks. Opening the link changes nothing.
    ToConfirm {
        /// The signed invitation.
        token: String,
        /// Until when it opens the outing: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the partner: three days without an answer.
    Unanswered {
        /// The signed invitation.
        token: String,
        /// Until when it opens the outing: `26/11/2026 à 23 h 59`.
        until: Option<String>,
    },
    /// To the establishment: it can be shared.
    Confirmed,
    /// To the establishment: it is to be corrected.
    Returned {
        /// What to change.
        comment: Paragraph,
    },
    /// To the partner: the list is frozen.
    Validated,
    /// To the partner: it does not take place.
    Cancelled {
        /// Why.
        reason: Paragraph,
    },
    /// To a participant: it does not take place, the credit is back.
    CancelledForYou,
    /// To a young person: the establishment took them off the list, the credit is back.
    TakenOff,
    /// To the establishment: it is tomorrow.
    Tomorrow {
        /// Confirmed, while the list is still to be validated; or validated.
        state: Phase,
    },
    /// To the establishment: it was yesterday, and is not settled.
    Unsettled {
        /// Confirmed or validated.
        state: Phase,
    },
}

impl Outing {
    fn facts(&self, other_side: (&'static str, &Line)) -> Vec<Part> {
        let (label, name) = other_side;
        vec![
            Fact("Sortie", self.title.to_string()),
            Fact("Date", self.day.clone()),
            Fact(label, name.to_string()),
            Fact("Prix par participant", self.price.clone()),
        ]
    }

    fn for_partner(&self) -> Vec<Part> {
        self.facts(("Établissement", &self.establishment))
    }

    /// What the partner needs to know before it answers.
    fn to_confirm(&self) -> Vec<Part> {
        let mut facts = self.for_partner();
        facts.extend(self.organiser.as_ref().map(|organiser| Fact("Organisation", organiser.to_string())));
        facts.extend(self.expected.map(|expected| Fact("Participants attendus", expected.to_string())));
        facts
    }

    fn for_others(&self) -> Vec<Part> {
        self.facts(("Partenaire", &self.partner))
    }

    fn at_partner(&self) -> String {
        format!("{}/mes-sorties/{}", self.site_url, self.id.as_str())
    }

    fn at_establishment(&self) -> String {
        format!("{}/etablissement/sorties/{}", self.site_url, self.id.as_str())
    }

    fn answer(&self, token: &str, until: Option<&str>) -> Vec<Part> {
        let lives = until.map(|until| format!(" jusqu’au {until}")).unwrap_or_default();
        vec![
            Button("Voir la sortie et répondre", format!("{}/sortie-a-confirmer/{token}", self.site_url)),
            Words(format!(
                "Ce lien s’ouvre sans vous connecter{lives}. Il ne change rien tant que vous n’avez pas choisi de confirmer la sortie ou de la renvoyer pour modification."
            )),
        ]
    }

    /// Subject and body.
    pub(crate) fn words(&self, news: &News) -> (String, Vec<Part>) {
        let said = |text: &str| Words(text.to_owned());
        let (subject, before, facts, after): (&str, Part, Vec<Part>, Vec<Part>) = match news {
            News::ToConfirm { token, until } => (
                "Une sortie à confirmer",
                Words(format!("{} vous propose une sortie e-PASS JEUNES.", self.establishment)),
                self.to_confirm(),
                self.answer(token, until.as_deref()),
            ),
            News::Unanswered { token, until } => (
                "Rappel : une sortie attend votre réponse",
                Words(format!("{} attend votre réponse depuis trois jours.", self.establishment)),
                self.to_confirm(),
                self.answer(token, until.as_deref()),
            ),
            News::Confirmed => (
                "Votre sortie est confirmée",
                Words(format!("{} confirme votre sortie. Partagez maintenant son code avec vos élèves.", self.partner)),
                self.for_others(),
                vec![Fact("Code", self.id.to_string()), Button("Partager la sortie", self.at_establishment())],
            ),
            News::Returned { comment } => (
                "Votre sortie est à revoir",
                Words(format!("{} vous demande de modifier la fiche de la sortie :", self.partner)),
                vec![Quoted(comment.clone())],
                self.for_others().into_iter().chain([Button("Modifier la sortie", self.at_establishment())]).collect(),
            ),
            News::Validated => (
                "Une sortie est validée",
                Words(format!("{} a validé la liste. Nombre de participants : {}.", self.establishment, self.joined)),
                self.for_partner(),
                vec![
                    said(
                        "Le jour de la sortie, la personne qui accompagne le groupe vous remet un N° de voucher : il sert à l’encaisser.",
                    ),
                    Button("Voir la sortie", self.at_partner()),
                ],
            ),
            News::Cancelled { reason } => (
                "Une sortie est annulée",
                Words(format!("{} annule la sortie :", self.establishment)),
                vec![Quoted(reason.clone())],
                self.for_partner().into_iter().chain([Button("Voir la sortie", self.at_partner())]).collect(),
            ),
            News::CancelledForYou => (
                "Votre sortie est annulée",
                Words(format!(
                    "{} annule une sortie à laquelle vous deviez participer. Votre crédit vous est rendu, vous n’avez rien à faire.",
                    self.establishment
                )),
                self.for_others(),
                vec![Button("Voir mes sorties", format!("{}/sorties", self.site_url))],
            ),
            News::TakenOff => (
                "Votre inscription à une sortie est annulée",
                Words(format!(
                    "{} a retiré votre nom de la liste d’une sortie. Votre crédit vous est rendu. Une question ? Parlez-en à la personne qui organise la sortie.",
                    self.establishment
                )),
                self.for_others(),
                vec![Button("Voir mes sorties", format!("{}/sorties", self.site_url))],
            ),
            News::Tomorrow { state: Phase::Validated } => (
                "Votre sortie a lieu demain",
                said(
                    "N’oubliez pas d’imprimer la feuille de sortie : elle porte le N° de voucher que le partenaire vous demandera, et la liste des participants.",
                ),
                self.for_others(),
                vec![Button("Imprimer la feuille de sortie", self.at_establishment())],
            ),
            News::Tomorrow { .. } => (
                "Votre sortie a lieu demain : validez sa liste",
                said(
                    "La liste des participants n’est pas encore validée : sans cela, le partenaire ne peut pas encaisser la sortie.",
                ),
                self.for_others(),
                vec![Button("Valider la sortie", self.at_establishment())],
            ),
            News::Unsettled { state: Phase::Validated } => (
                "Votre sortie n’est pas encaissée",
                said(
                    "Le partenaire n’a pas encore encaissé la sortie. Vérifiez qu’il a bien le N° de voucher, ou annulez la sortie si elle n’a pas eu lieu.",
                ),
                self.for_others(),
                vec![Button("Voir la sortie", self.at_establishment())],
            ),
            News::Unsettled { .. } => (
                "Votre sortie n’est pas validée",
                said(
                    "La date de la sortie est passée et sa liste n’est pas validée : le crédit des élèves reste retenu. Validez-la pour que le partenaire soit payé, ou annulez-la si elle n’a pas eu lieu.",
                ),
                self.for_others(),
                vec![Button("Voir la sortie", self.at_establishment())],
            ),
        };
        (format!("{subject} : {}", self.title), [before].into_iter().chain(facts).chain(after).collect())
    }
}
