//! What each mail says, in French, as text and as HTML, and the outbox entry that carries it.

mod reimbursement;
mod sortie;

use askama::Template;
use epass_domain::{BonPlan, BonPlanId, Email, EnrolmentId, Identifier, Line, MailId, Paragraph, PartnerId, Password};
use epass_store::Entry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use reimbursement::{FailedTransfer, Reimbursed};
pub use sortie::{News, Outing};

/// A mail's facts; the words are [`Letter::render`]'s. Kept as JSON in the outbox until it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// A registration: the identifier and a provisional password (guide §3).
    Registered {
        /// Who registered.
        name: Line,
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// A young person's registration: the link that confirms the address. Opening it changes nothing.
    ConfirmAddress {
        /// Who registers.
        first_name: Line,
        /// What the link names.
        enrolment: EnrolmentId,
        /// The site.
        site_url: String,
    },
    /// A young person's card exists: the identifier, and a provisional password where none was chosen.
    Enrolled {
        /// Who registered.
        first_name: Line,
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use; none where one was chosen with the confirmation of the address.
        password: Option<Secret>,
        /// Whether the credit is what an account that was closed in this campaign left.
        #[serde(default)]
        comes_back: bool,
        /// Whether that account's card was suspended: so is this one.
        #[serde(default)]
        suspended: bool,
        /// The site.
        site_url: String,
    },
    /// A young person closed the account.
    AccountClosed {
        /// Whose it was.
        first_name: Line,
        /// The last day of the campaign, `31/08/2027`; letters of an earlier version have none.
        #[serde(default)]
        kept_until: Option<String>,
        /// The site.
        site_url: String,
    },
    /// To who applies: somebody has the same name and birth date, the team looks.
    EnrolmentSetAside {
        /// Who registers.
        first_name: Line,
        /// The site.
        site_url: String,
    },
    /// To the team: a registration met a namesake.
    EnrolmentToReview {
        /// The site.
        site_url: String,
    },
    /// To who applied: the team says that the person has an account already.
    EnrolmentRefused {
        /// Who applied.
        first_name: Line,
        /// The site.
        site_url: String,
    },
    /// The team suspended a card.
    CardSuspended {
        /// Whose.
        first_name: Line,
        /// The team's words.
        reason: Paragraph,
        /// The site.
        site_url: String,
    },
    /// The team reinstated a card.
    CardReinstated {
        /// Whose.
        first_name: Line,
        /// The site.
        site_url: String,
    },
    /// The team replaced a card. The new number is not in the mail: with a birth date it pays.
    CardReplaced {
        /// Whose.
        first_name: Line,
        /// The site.
        site_url: String,
    },
    /// The team opened an establishment's account, or sends its access again.
    EstablishmentAccess {
        /// The establishment.
        name: Line,
        /// To sign in with.
        identifier: Identifier,
        /// To be changed at first use.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// *Mot de passe oublié*.
    ProvisionalPassword {
        /// Whose.
        identifier: Identifier,
        /// Good for a day.
        password: Secret,
        /// The site.
        site_url: String,
    },
    /// *Identifiant oublié*.
    IdentifierReminder {
        /// All those of the address.
        identifiers: Vec<Identifier>,
        /// The site.
        site_url: String,
    },
    /// To the referent: the request has arrived.
    ConventionRequested {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the team: a request waits.
    ConventionToReview {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the referent: the convention can be downloaded and signed (guide §4, §5).
    ConventionValidated {
        /// The dossier.
        dossier: Dossier,
        /// Which version.
        version: u32,
    },
    /// To the referent: why not, and how to ask again.
    ConventionRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the referent: a changed IBAN waits for the team; the old account is paid until then.
    BankChangeWaiting {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the new account is paid from now on.
    BankChangeApproved {
        /// The dossier.
        dossier: Dossier,
        /// The new IBAN, masked.
        iban: String,
    },
    /// To the referent: the old account stays.
    BankChangeRefused {
        /// The dossier.
        dossier: Dossier,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the team: a bon plan waits.
    BonPlanToReview {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: the bon plan is shown to young people.
    BonPlanPublished {
        /// The bon plan.
        plan: Deal,
    },
    /// To the referent: why not, and how to send it again.
    BonPlanRefused {
        /// The bon plan.
        plan: Deal,
        /// The team's words.
        reason: Paragraph,
    },
    /// To the first in line: a place became free and is theirs.
    PlaceFreed {
        /// To whom.
        first_name: Line,
        /// The bon plan.
        plan: Deal,
    },
    /// To who is on the list: the partner took the bon plan back (guide §8).
    BonPlanWithdrawn {
        /// The bon plan.
        plan: Deal,
    },
    /// What became of an outing.
    Sortie {
        /// The outing.
        outing: Outing,
        /// What is told, to whom.
        news: News,
    },
    /// To the referent: a statement is there, or its transfer failed (guide §7.3).
    Reimbursement {
        /// The statement.
        statement: Reimbursed,
    },
    /// To the team: a question from *Hotline mail* (guide §10).
    HotlineQuestion {
        /// Who asks.
        name: Line,
        /// Where to answer.
        email: Email,
        /// As what.
        profile: String,
        /// About what.
        subject: Line,
        /// The question.
        question: Paragraph,
    },
    /// To the sender: the question has arrived.
    HotlineAcknowledged {
        /// About what.
        subject: Line,
        /// The question.
        question: Paragraph,
    },
}

/// A password in a letter: never printed, gone from the outbox once it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret(String);

impl From<&Password> for Secret {
    fn from(password: &Password) -> Self {
        Self(password.as_str().to_owned())
    }
}

/// What the letters about a dossier have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its number.
    pub number: PartnerId,
    /// *Raison sociale*.
    pub legal_name: Line,
    /// The site.
    pub site_url: String,
}

/// What the letters about a bon plan have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// Which.
    pub id: BonPlanId,
    /// *Titre*.
    pub title: Line,
    /// Who offers it.
    pub partner_name: Line,
    /// When, in words: `le 28/11/2026`, `du 28/11/2026 au 29/11/2026`.
    pub when: String,
    /// The site.
    pub site_url: String,
}

impl Deal {
    /// The facts of a bon plan.
    pub fn of(plan: &BonPlan, site_url: &str) -> Self {
        Self {
            id: plan.id,
            title: plan.content.title.clone(),
            partner_name: plan.partner_name.clone(),
            when: plan.content.days.to_string(),
            site_url: site_url.to_owned(),
        }
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(***)")
    }
}

/// A mail, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// Plain text, UTF-8.
    pub text: String,
    /// HTML, UTF-8; loads nothing.
    pub html: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(***)")
    }
}

/// A part of a mail's body.
enum Part {
    Words(String),
    /// Somebody's own words.
    Quoted(Paragraph),
    /// Something to copy.
    Fact(&'static str, String),
    /// The one thing to do.
    Button(&'static str, String),
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    subject: &'a str,
    parts: &'a [Part],
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    parts: &'a [Part],
}

impl Letter {
    /// The outbox entry that carries it, to be stored in the transaction that it tells of.
    pub fn to(&self, email: &Email, id: MailId, now: Timestamp) -> Entry {
        let json = serde_json::to_string(self).expect("a letter is plain data");
        Entry::new(email.clone(), id, json, now)
    }

    /// The letter in an outbox entry.
    ///
    /// # Errors
    /// What serde says when a later version wrote it.
    pub fn read(entry: &Entry) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&entry.letter.0)
    }

    /// The mail in words.
    ///
    /// # Errors
    /// What askama says; it does not happen for templates that compile.
    pub fn render(&self) -> Result<Rendered, askama::Error> {
        let (subject, parts) = self.words();
        let subject = format!("{subject} – e-PASS JEUNES");
        let html = Html { subject: &subject, parts: &parts }.render()?;
        let text = Text { parts: &parts }.render()?;
        Ok(Rendered { text, html, subject })
    }

    #[expect(clippy::too_many_lines, reason = "one arm per mail: the whole list reads in one place")]
    fn words(&self) -> (String, Vec<Part>) {
        use Part::{Button, Fact, Quoted, Words};
        let words = |text: &str| Words(text.to_owned());
        match self {
            Self::Registered { name, identifier, password, site_url } => (
                "Votre inscription".into(),
                vec![
                    Words(format!("Bonjour, « {name} » est maintenant inscrit à l’e-PASS JEUNES.")),
                    Fact("Identifiant", identifier.to_string()),
                    Fact("Mot de passe provisoire", password.0.clone()),
                    words("Ce mot de passe est valable 24 heures. Vous choisirez le vôtre à la première connexion."),
                    Button("Me connecter", format!("{site_url}/connexion")),
                ],
            ),
            Self::ConfirmAddress { first_name, enrolment, site_url } => (
                "Confirmez votre adresse".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, vous vous êtes inscrit à l’e-PASS JEUNES. Confirmez votre adresse dans les 48 heures : votre carte et votre crédit sont créés aussitôt."
                    )),
                    Button(
                        "Confirmer mon adresse",
                        format!("{site_url}/inscription/jeune/confirmation?token={enrolment}"),
                    ),
                    words("Ce n’est pas vous ? Ignorez ce message : rien n’est créé."),
                ],
            ),
            Self::Enrolled { first_name, identifier, password, comes_back, suspended, site_url } => {
                let credit = if *comes_back {
                    "Un compte à votre nom a été fermé pendant cette campagne : votre crédit est celui qui y restait. Si ce compte n’était pas le vôtre, écrivez à la Hotline."
                } else {
                    "Votre crédit vous attend : 28 € de lecture, 12 € de cinéma, 10 € de spectacle et 10 € de sorties."
                };
                let mut parts =
                    vec![Words(format!("Bonjour {first_name}, votre carte e-PASS JEUNES existe. {credit}"))];
                if *suspended {
                    parts.push(words("La carte de ce compte était suspendue : la vôtre l’est aussi. Pour savoir pourquoi, écrivez à la Hotline."));
                }
                parts.push(Fact("Identifiant", identifier.to_string()));
                match password {
                    Some(password) => {
                        parts.push(Fact("Mot de passe provisoire", password.0.clone()));
                        parts.push(words(
                            "Ce mot de passe est valable 24 heures. Vous choisirez le vôtre à la première connexion.",
                        ));
                    }
                    None => parts.push(words(
                        "Connectez-vous avec cet identifiant, ou avec votre adresse mail, et le mot de passe que vous avez choisi.",
                    )),
                }
                parts.push(Button("Me connecter", format!("{site_url}/connexion?role=beneficiary")));
                ("Votre e-PASS JEUNES est prêt".into(), parts)
            }
            Self::AccountClosed { first_name, kept_until, site_url } => {
                let mut parts = vec![
                    Words(format!(
                        "Bonjour {first_name}, votre compte e-PASS JEUNES est clos : vos données sont effacées, votre carte et vos vouchers ne valent plus rien."
                    )),
                    words(
                        "La loi oblige à garder dix ans la trace de ce qui a été payé : elle ne porte plus votre nom. Si ce n’est pas vous qui l’avez demandé, prévenez-nous tout de suite.",
                    ),
                    Button("Prévenir la Hotline", format!("{site_url}/hotline")),
                ];
                if let Some(day) = kept_until {
                    parts.insert(
                        1,
                        Words(format!(
                            "Jusqu’au {day}, fin de la campagne, il reste une empreinte de votre nom et de votre date de naissance, avec ce qui restait de votre crédit. Si vous vous réinscrivez avant, vous retrouvez exactement ce crédit."
                        )),
                    );
                }
                ("Votre compte est clos".into(), parts)
            }
            Self::EnrolmentSetAside { first_name, site_url } => (
                "Votre inscription est vérifiée par l’équipe".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, quelqu’un qui porte le même nom et la même date de naissance a déjà un e-PASS JEUNES. L’équipe vérifie et vous répond par mail."
                    )),
                    words("C’est vous ? Retrouvez votre identifiant sans attendre."),
                    Button("Identifiant oublié", format!("{site_url}/identifiant-oublie")),
                ],
            ),
            Self::EnrolmentToReview { site_url } => (
                "Une inscription attend : même nom, même date de naissance".into(),
                vec![
                    words("Une inscription porte le nom et la date de naissance d’un jeune déjà inscrit."),
                    Button("Ouvrir les doublons", format!("{site_url}/equipe/doublons")),
                ],
            ),
            Self::EnrolmentRefused { first_name, site_url } => (
                "Vous avez déjà un e-PASS JEUNES".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, l’équipe a vérifié votre inscription : un e-PASS JEUNES existe déjà à votre nom. Aucune seconde carte n’est créée."
                    )),
                    words(
                        "Pour le retrouver, demandez votre identifiant avec l’adresse mail de votre première inscription. Ce n’est pas vous ? Écrivez à la Hotline.",
                    ),
                    Button("Identifiant oublié", format!("{site_url}/identifiant-oublie")),
                ],
            ),
            Self::CardSuspended { first_name, reason, site_url } => (
                "Votre carte est suspendue".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, l’équipe e-PASS JEUNES a suspendu votre carte : elle ne permet plus de payer, et vos vouchers non plus."
                    )),
                    Quoted(reason.clone()),
                    Button("Écrire à la Hotline", format!("{site_url}/hotline")),
                ],
            ),
            Self::CardReinstated { first_name, site_url } => (
                "Votre carte est rétablie".into(),
                vec![
                    Words(format!("Bonjour {first_name}, votre carte e-PASS JEUNES permet de nouveau de payer.")),
                    Button("Voir mon e-PASS", format!("{site_url}/espace")),
                ],
            ),
            Self::CardReplaced { first_name, site_url } => (
                "Votre carte est refaite".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, l’équipe e-PASS JEUNES a refait votre carte. L’ancien numéro ne permet plus de payer ; votre crédit n’a pas changé."
                    )),
                    words("Votre nouveau numéro vous attend dans votre espace."),
                    Button("Voir ma carte", format!("{site_url}/espace")),
                ],
            ),
            Self::EstablishmentAccess { name, identifier, password, site_url } => (
                "Votre accès établissement".into(),
                vec![
                    Words(format!(
                        "Bonjour, l’équipe e-PASS JEUNES vous envoie l’accès de « {name} » à son espace établissement."
                    )),
                    Fact("Identifiant", identifier.to_string()),
                    Fact("Mot de passe provisoire", password.0.clone()),
                    words(
                        "Ce mot de passe est valable 24 heures. Vous choisirez le vôtre à la première connexion. Passé ce délai, demandez-en un autre par « Mot de passe oublié ».",
                    ),
                    Button("Me connecter", format!("{site_url}/connexion?role=establishment")),
                ],
            ),
            Self::ProvisionalPassword { identifier, password, site_url } => (
                "Votre mot de passe provisoire".into(),
                vec![
                    words("Vous avez demandé un nouveau mot de passe."),
                    Fact("Identifiant", identifier.to_string()),
                    Fact("Mot de passe provisoire", password.0.clone()),
                    words(
                        "Il est valable 24 heures et devra être changé à la première connexion. Si vous n’avez rien demandé, ignorez ce message : votre mot de passe actuel reste valable.",
                    ),
                    Button("Me connecter", format!("{site_url}/connexion")),
                ],
            ),
            Self::IdentifierReminder { identifiers, site_url } => {
                let mut parts = vec![words("Vous avez demandé le rappel de votre identifiant.")];
                parts.extend(identifiers.iter().map(|identifier| Fact("Identifiant", identifier.to_string())));
                parts.push(words("Si vous n’avez rien demandé, ignorez ce message."));
                parts.push(Button("Me connecter", format!("{site_url}/connexion")));
                ("Rappel de votre identifiant".into(), parts)
            }
            Self::ConventionRequested { dossier, version } => (
                "Votre demande de convention est arrivée".into(),
                vec![
                    Words(format!(
                        "La demande de convention de « {} » (version {version}) est arrivée. L’équipe e-PASS JEUNES l’examine ; sa décision vous parviendra par mail.",
                        dossier.legal_name
                    )),
                    Fact("Numéro de dossier", dossier.number.to_string()),
                    Button("Voir mon dossier", format!("{}/dossier", dossier.site_url)),
                ],
            ),
            Self::ConventionToReview { dossier, version } => (
                "Une demande de convention attend".into(),
                vec![
                    Words(format!("« {} » demande sa convention (version {version}).", dossier.legal_name)),
                    Fact("Numéro de dossier", dossier.number.to_string()),
                    Button("Ouvrir le dossier", format!("{}/equipe/conventions/{}", dossier.site_url, dossier.number)),
                ],
            ),
            Self::ConventionValidated { dossier, version } => (
                "Votre convention est validée".into(),
                vec![
                    Words(format!("La convention de « {} » (version {version}) est validée.", dossier.legal_name)),
                    words(
                        "Téléchargez-la, signez-la et transmettez-la à Docapost Applicam en deux exemplaires. L’onglet « Transactions » est dès maintenant ouvert dans votre espace.",
                    ),
                    Fact("Numéro de dossier", dossier.number.to_string()),
                    Button("Télécharger ma convention", format!("{}/convention", dossier.site_url)),
                ],
            ),
            Self::ConventionRefused { dossier, reason } => (
                "Votre demande de convention est à corriger".into(),
                vec![
                    Words(format!(
                        "L’équipe e-PASS JEUNES n’a pas pu valider la demande de « {} ».",
                        dossier.legal_name
                    )),
                    Quoted(reason.clone()),
                    words("Corrigez votre dossier et envoyez de nouveau votre demande."),
                    Button("Corriger ma demande", format!("{}/convention/demande", dossier.site_url)),
                ],
            ),
            Self::BankChangeWaiting { dossier, iban } => (
                "Changement d’IBAN demandé".into(),
                vec![
                    Words(format!("Un nouvel IBAN a été enregistré dans le dossier de « {} ».", dossier.legal_name)),
                    Fact("Nouvel IBAN", iban.clone()),
                    words(
                        "Il attend la vérification de l’équipe ; jusque-là, les remboursements vont sur l’ancien compte. Si ce changement ne vient pas de vous, prévenez-nous tout de suite.",
                    ),
                    Button("Prévenir la Hotline", format!("{}/hotline", dossier.site_url)),
                ],
            ),
            Self::BankChangeApproved { dossier, iban } => (
                "Votre nouvel IBAN est validé".into(),
                vec![
                    Words(format!("Les remboursements de « {} » iront désormais sur ce compte.", dossier.legal_name)),
                    Fact("IBAN", iban.clone()),
                    Button("Voir mon dossier", format!("{}/dossier", dossier.site_url)),
                ],
            ),
            Self::BankChangeRefused { dossier, reason } => (
                "Votre nouvel IBAN n’est pas validé".into(),
                vec![
                    Words(format!(
                        "Le changement d’IBAN de « {} » n’est pas validé ; l’ancien compte reste en vigueur.",
                        dossier.legal_name
                    )),
                    Quoted(reason.clone()),
                    Button("Modifier mon dossier", format!("{}/dossier/modifier", dossier.site_url)),
                ],
            ),
            Self::BonPlanToReview { plan } => (
                "Un bon plan attend".into(),
                vec![
                    Words(format!("« {} » envoie un bon plan : « {} ».", plan.partner_name, plan.title)),
                    Button("Ouvrir le bon plan", format!("{}/equipe/bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanPublished { plan } => (
                "Votre bon plan est publié".into(),
                vec![
                    Words(format!(
                        "« {} », {}, est publié : les jeunes le voient dès maintenant.",
                        plan.title, plan.when
                    )),
                    Button("Voir mon bon plan", format!("{}/mes-bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanRefused { plan, reason } => (
                "Votre bon plan est à corriger".into(),
                vec![
                    Words(format!("L’équipe e-PASS JEUNES n’a pas pu publier « {} ».", plan.title)),
                    Quoted(reason.clone()),
                    words("Corrigez-le et envoyez-le de nouveau."),
                    Button("Corriger mon bon plan", format!("{}/mes-bons-plans/{}/modifier", plan.site_url, plan.id)),
                ],
            ),
            Self::PlaceFreed { first_name, plan } => (
                "Une place s’est libérée pour vous".into(),
                vec![
                    Words(format!(
                        "Bonjour {first_name}, une place s’est libérée pour « {} », {} : elle est à vous.",
                        plan.title, plan.when
                    )),
                    words("Si vous ne pouvez plus venir, libérez-la : la personne suivante l’aura aussitôt."),
                    Button("Voir mon inscription", format!("{}/bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanWithdrawn { plan } => (
                "Un bon plan est retiré".into(),
                vec![
                    Words(format!("« {} » retire son bon plan « {} », {}.", plan.partner_name, plan.title, plan.when)),
                    words("Vous étiez sur sa liste : votre inscription est annulée, vous n’avez rien à faire."),
                    Button("Voir les autres bons plans", format!("{}/bons-plans", plan.site_url)),
                ],
            ),
            Self::Sortie { outing, news } => outing.words(news),
            Self::Reimbursement { statement } => statement.words(),
            Self::HotlineQuestion { name, email, profile, subject, question } => (
                format!("Hotline : {subject}"),
                vec![
                    Fact("De", name.to_string()),
                    Fact("Répondre à", email.to_string()),
                    Fact("Profil", profile.clone()),
                    Quoted(question.clone()),
                ],
            ),
            Self::HotlineAcknowledged { subject, question } => (
                "Votre question est arrivée".into(),
                vec![
                    Words(format!(
                        "Nous avons bien reçu votre question « {subject} ». L’équipe e-PASS JEUNES vous répond par mail."
                    )),
                    Quoted(question.clone()),
                    words(
                        "Par téléphone : 03.87.78.78.23, du lundi au vendredi de 9 h à 19 h et le samedi de 9 h à 17 h.",
                    ),
                ],
            ),
        }
    }
}
