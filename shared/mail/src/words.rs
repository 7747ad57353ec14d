//! The words of each mail.

use epass_domain::{Paragraph, folded, quoted};

use crate::{Deal, KeyNews, Letter};

/// A part of a mail's body.
pub(crate) enum Part {
    Words(String),
    /// Somebody's own words.
    Quoted(Paragraph),
    /// Something to copy.
    Fact(&'static str, String),
    /// The one thing to do.
    Button(&'static str, String),
}

use Part::{Button, Fact, Quoted, Words};

/// How long a provisional password lives, and what to do after that.
const PROVISIONAL: &str = "Ce mot de passe est valable 24 heures. Vous choisirez le vôtre à la première connexion. Passé ce délai, demandez-en un autre par « Mot de passe oublié ».";

fn words(text: &str) -> Part {
    Words(text.to_owned())
}

impl Letter {
    /// Subject and body, without greeting and signature.
    #[expect(clippy::too_many_lines, reason = "one arm per mail: the whole list reads in one place")]
    pub(crate) fn words(&self) -> (String, Vec<Part>) {
        match self {
            Self::Registered { identifier, password, site_url } => (
                "Votre inscription est enregistrée".into(),
                vec![
                    words("Une inscription comme partenaire de l’e-PASS JEUNES a été faite avec cette adresse mail."),
                    Fact("Identifiant", identifier.to_string()),
                    Fact("Mot de passe provisoire", password.0.clone()),
                    words(PROVISIONAL),
                    Button("Me connecter", format!("{site_url}/connexion")),
                    words("Vous n’avez rien demandé ? Ignorez ce message."),
                ],
            ),
            Self::ConfirmAddress { enrolment, site_url } => (
                "Confirmez votre adresse".into(),
                vec![
                    words(
                        "Une inscription à l’e-PASS JEUNES a été faite avec cette adresse mail. Confirmez l’adresse dans les 48 heures : la carte et le crédit sont créés aussitôt.",
                    ),
                    Button(
                        "Confirmer mon adresse",
                        format!("{site_url}/inscription/jeune/confirmation?token={enrolment}"),
                    ),
                    words("Ce n’est pas vous ? Ignorez ce message : rien n’est créé."),
                ],
            ),
            Self::Enrolled { identifier, password, comes_back, suspended, site_url } => {
                let mut parts = vec![words("Votre carte e-PASS JEUNES existe.")];
                parts.push(words(if *comes_back {
                    "Un compte à votre nom a été fermé pendant cette campagne : votre crédit est celui qui y restait. Si ce compte n’était pas le vôtre, écrivez-nous."
                } else {
                    "Votre crédit vous attend : 28 € de lecture, 12 € de cinéma, 10 € de spectacle et 10 € de sorties."
                }));
                if *suspended {
                    parts.push(words(
                        "La carte de ce compte était suspendue : la vôtre l’est aussi. Pour savoir pourquoi, écrivez-nous.",
                    ));
                }
                parts.push(Fact("Identifiant", identifier.to_string()));
                match password {
                    Some(password) => {
                        parts.extend([Fact("Mot de passe provisoire", password.0.clone()), words(PROVISIONAL)]);
                    }
                    None => parts.push(words(
                        "Connectez-vous avec cet identifiant, ou avec votre adresse mail, et le mot de passe que vous avez choisi.",
                    )),
                }
                parts.push(Button("Me connecter", format!("{site_url}/connexion?role=beneficiary")));
                ("Votre e-PASS JEUNES est prêt".into(), parts)
            }
            Self::AccountClosed { kept_until, site_url } => {
                let kept = kept_until.as_ref().map(|day| {
                    Words(format!(
                        "Jusqu’au {day}, fin de la campagne, il reste une empreinte de votre nom et de votre date de naissance, avec ce qui restait de votre crédit. Si vous vous réinscrivez avant, vous retrouvez exactement ce crédit."
                    ))
                });
                let mut parts = vec![words(
                    "Votre compte e-PASS JEUNES est clos : vos données sont effacées, votre carte et vos vouchers ne valent plus rien.",
                )];
                parts.extend(kept);
                parts.push(words(
                    "La loi oblige à garder dix ans la trace de ce qui a été payé : elle ne porte plus votre nom. Si la demande ne vient pas de vous, prévenez-nous tout de suite.",
                ));
                parts.push(Button("Prévenir la Hotline", format!("{site_url}/hotline")));
                ("Votre compte est clos".into(), parts)
            }
            Self::EnrolmentSetAside { site_url } => (
                "Votre inscription est en cours de vérification".into(),
                vec![
                    words(
                        "Une personne qui porte le même nom et la même date de naissance a déjà un e-PASS JEUNES. L’équipe vérifie et vous répond par mail.",
                    ),
                    words("C’est vous ? Retrouvez votre identifiant sans attendre."),
                    Button("Identifiant oublié", format!("{site_url}/identifiant-oublie")),
                ],
            ),
            Self::EnrolmentToReview { site_url } => (
                "Une inscription attend : même nom, même date de naissance".into(),
                vec![
                    words(
                        "Une inscription porte le nom et la date de naissance d’une personne qui a déjà un e-PASS JEUNES.",
                    ),
                    Button("Ouvrir les doublons", format!("{site_url}/equipe/doublons")),
                ],
            ),
            Self::EnrolmentRefused { site_url } => (
                "Vous avez déjà un e-PASS JEUNES".into(),
                vec![
                    words(
                        "L’équipe a vérifié votre inscription : un e-PASS JEUNES existe déjà à votre nom. Aucune seconde carte n’est créée.",
                    ),
                    words(
                        "Pour le retrouver, demandez votre identifiant avec l’adresse mail de votre première inscription. Ce n’est pas vous ? Écrivez-nous.",
                    ),
                    Button("Identifiant oublié", format!("{site_url}/identifiant-oublie")),
                ],
            ),
            Self::CardSuspended { reason, site_url } => (
                "Votre carte est suspendue".into(),
                vec![
                    words(
                        "L’équipe e-PASS JEUNES a suspendu votre carte : elle ne permet plus de payer, et vos vouchers non plus. Son motif :",
                    ),
                    Quoted(reason.clone()),
                    Button("Écrire à la Hotline", format!("{site_url}/hotline")),
                ],
            ),
            Self::CardReinstated { site_url } => (
                "Votre carte est rétablie".into(),
                vec![
                    words("Votre carte e-PASS JEUNES permet de nouveau de payer."),
                    Button("Voir mon e-PASS", format!("{site_url}/espace")),
                ],
            ),
            Self::CardReplaced { site_url } => (
                "Votre carte est refaite".into(),
                vec![
                    words(
                        "L’équipe e-PASS JEUNES a refait votre carte. L’ancien numéro ne permet plus de payer ; votre crédit n’a pas changé.",
                    ),
                    words("Votre nouveau numéro vous attend dans votre espace."),
                    Button("Voir ma carte", format!("{site_url}/espace")),
                ],
            ),
            Self::EstablishmentAccess { name, identifier, password, site_url } => (
                "Votre accès établissement".into(),
                vec![
                    Words(format!(
                        "L’équipe e-PASS JEUNES vous envoie l’accès de {} à son espace établissement.",
                        quoted(name.as_str())
                    )),
                    Fact("Identifiant", identifier.to_string()),
                    Fact("Mot de passe provisoire", password.0.clone()),
                    words(PROVISIONAL),
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
            Self::PasswordChanged { identifier, at, till_keys_ended, site_url } => {
                let mut parts = vec![
                    Words(format!("Le mot de passe de votre compte e-PASS JEUNES a été modifié le {at}.")),
                    Fact("Identifiant", identifier.to_string()),
                ];
                parts.extend(till_keys_ended.map(|ended| {
                    words(if ended {
                        "Les clés de vos caisses sont révoquées avec lui."
                    } else {
                        "Les clés de vos caisses restent en service : vous les révoquez dans « Mes caisses »."
                    })
                }));
                parts.push(words(
                    "Ce n’est pas vous ? Demandez tout de suite un mot de passe provisoire : il arrive à cette adresse. Prévenez ensuite la Hotline.",
                ));
                parts.push(Button("Mot de passe oublié", format!("{site_url}/mot-de-passe-oublie")));
                ("Votre mot de passe est modifié".into(), parts)
            }
            Self::AddressChanged { name, email, site_url } => (
                "Votre adresse mail est modifiée".into(),
                vec![
                    Words(format!("Les mails de « {name} » iront désormais à une autre adresse.")),
                    Fact("Nouvelle adresse", email.to_string()),
                    words("Vous n’avez rien demandé ? Prévenez-nous tout de suite."),
                    Button("Prévenir la Hotline", format!("{site_url}/hotline")),
                ],
            ),
            Self::TillKey { till, news, site_url } => {
                let (subject, said) = match news {
                    KeyNews::Made { until } => (
                        "Une clé de caisse est créée",
                        format!("Une clé vient d’être créée pour la caisse « {till} ». Elle vaut jusqu’au {until}."),
                    ),
                    KeyNews::Renewed { until } => (
                        "Une clé de caisse est prolongée",
                        format!("La clé de la caisse « {till} » est prolongée : elle vaut jusqu’au {until}."),
                    ),
                    KeyNews::Revoked => (
                        "Une clé de caisse est révoquée",
                        format!("La clé de la caisse « {till} » est révoquée : elle n’ouvre plus rien."),
                    ),
                    // The referent's address is declared, not confirmed: the till's name stays out of it.
                    KeyNews::Ending { until } => (
                        "Une clé de caisse arrive à échéance",
                        format!(
                            "La clé d’une de vos caisses vaut jusqu’au {until}. Passé ce jour, la caisse ne pourra plus rien encaisser : prolongez la clé dans « Mes caisses »."
                        ),
                    ),
                };
                let mut parts = vec![Words(said)];
                if !matches!(news, KeyNews::Ending { .. }) {
                    parts.push(words(
                        "Ce n’est pas vous ? Révoquez la clé dans « Mes caisses », puis changez votre mot de passe.",
                    ));
                }
                parts.push(Button("Voir mes caisses", format!("{site_url}/dossier/caisse")));
                (subject.into(), parts)
            }
            Self::IdentifierReminder { identifiers, site_url } => {
                let mut parts = vec![words("Vous avez demandé le rappel de votre identifiant.")];
                parts.extend(identifiers.iter().map(|identifier| Fact("Identifiant", identifier.to_string())));
                parts.push(words("Si vous n’avez rien demandé, ignorez ce message."));
                parts.push(Button("Me connecter", format!("{site_url}/connexion")));
                ("Rappel de votre identifiant".into(), parts)
            }
            // The referent's address is declared, not confirmed: the number stands for the names.
            Self::ConventionRequested { dossier, version } => (
                "Votre demande de convention est arrivée".into(),
                vec![
                    Words(format!(
                        "Votre demande de convention (version {version}) est arrivée. L’équipe e-PASS JEUNES l’examine ; sa décision vous parviendra par mail."
                    )),
                    Fact("Numéro de dossier", dossier.number.to_string()),
                    Button("Voir mon dossier", format!("{}/dossier", dossier.site_url)),
                ],
            ),
            Self::ConventionToReview { dossier, version } => (
                "Une demande de convention attend".into(),
                vec![
                    Words(format!(
                        "{} demande sa convention (version {version}).",
                        quoted(dossier.legal_name.as_str())
                    )),
                    Fact("Numéro de dossier", dossier.number.to_string()),
                    Button("Ouvrir le dossier", format!("{}/equipe/conventions/{}", dossier.site_url, dossier.number)),
                ],
            ),
            Self::ConventionValidated { dossier, version, copies_address } => {
                let mut parts = vec![
                    Words(format!(
                        "La convention de {} (version {version}) est validée.",
                        quoted(dossier.legal_name.as_str())
                    )),
                    words(
                        "Téléchargez-la, signez-la et transmettez-la à Docapost Applicam en deux exemplaires. L’onglet « Transactions » est dès maintenant ouvert dans votre espace.",
                    ),
                ];
                parts.extend(copies_address.iter().map(|at| Fact("Où envoyer les deux exemplaires", at.to_string())));
                parts.push(Fact("Numéro de dossier", dossier.number.to_string()));
                parts.push(Button("Télécharger ma convention", format!("{}/convention", dossier.site_url)));
                ("Votre convention est validée".into(), parts)
            }
            Self::ConventionRefused { dossier, reason } => (
                "Votre demande de convention est à corriger".into(),
                vec![
                    Words(format!(
                        "L’équipe e-PASS JEUNES n’a pas pu valider la demande de {}. Son motif :",
                        quoted(dossier.legal_name.as_str())
                    )),
                    Quoted(reason.clone()),
                    words("Corrigez votre dossier et envoyez de nouveau votre demande."),
                    Button("Corriger ma demande", format!("{}/convention/demande", dossier.site_url)),
                ],
            ),
            Self::BankChangeWaiting { dossier, iban } => (
                "Changement d’IBAN demandé".into(),
                vec![
                    Words(format!(
                        "Un nouvel IBAN a été enregistré dans le dossier de {}.",
                        quoted(dossier.legal_name.as_str())
                    )),
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
                    Words(format!(
                        "Les remboursements de {} iront désormais sur ce compte.",
                        quoted(dossier.legal_name.as_str())
                    )),
                    Fact("IBAN", iban.clone()),
                    Button("Voir mon dossier", format!("{}/dossier", dossier.site_url)),
                ],
            ),
            Self::BankChangeRefused { dossier, reason } => (
                "Votre nouvel IBAN n’est pas validé".into(),
                vec![
                    Words(format!(
                        "Le changement d’IBAN de {} n’est pas validé ; l’ancien compte reste en vigueur. Le motif de l’équipe :",
                        quoted(dossier.legal_name.as_str())
                    )),
                    Quoted(reason.clone()),
                    Button("Modifier mon dossier", format!("{}/dossier/modifier", dossier.site_url)),
                ],
            ),
            Self::BonPlanToReview { plan } => (
                "Un bon plan attend".into(),
                vec![
                    Words(format!("{} envoie un bon plan : {}.", plan.partner(), plan.quoted())),
                    Button("Ouvrir le bon plan", format!("{}/equipe/bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanPublished { plan } => (
                "Votre bon plan est publié".into(),
                vec![
                    Words(format!(
                        "{}, {}, est publié : les jeunes le voient dès maintenant.",
                        plan.quoted(),
                        plan.when
                    )),
                    Button("Voir mon bon plan", format!("{}/mes-bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanRefused { plan, reason } => (
                "Votre bon plan est à corriger".into(),
                vec![
                    Words(format!("L’équipe e-PASS JEUNES n’a pas pu publier {}. Son motif :", plan.quoted())),
                    Quoted(reason.clone()),
                    words("Corrigez-le et envoyez-le de nouveau."),
                    Button("Corriger mon bon plan", format!("{}/mes-bons-plans/{}/modifier", plan.site_url, plan.id)),
                ],
            ),
            Self::PlaceSure { plan } => (
                format!("Votre place est réservée : {}", plan.title),
                [Words(format!("Votre place pour {} est réservée.", plan.quoted()))]
                    .into_iter()
                    .chain(plan.rendezvous())
                    .chain(plan.giving_back())
                    .collect(),
            ),
            Self::PlaceFreed { plan } => (
                format!("Une place s’est libérée pour vous : {}", plan.title),
                [Words(format!("Une place s’est libérée pour {} : elle est à vous.", plan.quoted()))]
                    .into_iter()
                    .chain(plan.rendezvous())
                    .chain(plan.giving_back())
                    .collect(),
            ),
            Self::BonPlanWithdrawn { plan } => (
                "Un bon plan est retiré".into(),
                vec![
                    Words(format!("{} retire son bon plan {}, {}.", plan.partner(), plan.quoted(), plan.when)),
                    words("Vous étiez sur sa liste : votre inscription est annulée, vous n’avez rien à faire."),
                    Button("Voir les autres bons plans", format!("{}/bons-plans", plan.site_url)),
                ],
            ),
            Self::BonPlanTakenDown { plan, reason } => (
                "Votre bon plan est retiré".into(),
                vec![
                    Words(format!(
                        "L’équipe e-PASS JEUNES a retiré votre bon plan {}, {}. Son motif :",
                        plan.quoted(),
                        plan.when
                    )),
                    Quoted(reason.clone()),
                    words(
                        "Les jeunes de sa liste en sont avertis par mail. Vous pouvez le dupliquer, le corriger et l’envoyer.",
                    ),
                    Button("Voir mon bon plan", format!("{}/mes-bons-plans/{}", plan.site_url, plan.id)),
                ],
            ),
            Self::BonPlanGone { plan } => (
                "Un bon plan est retiré".into(),
                vec![
                    Words(format!(
                        "Le bon plan {} de {}, {}, n’aura pas lieu : l’équipe e-PASS JEUNES l’a retiré.",
                        plan.quoted(),
                        plan.partner(),
                        plan.when
                    )),
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
                    Fact("Adresse", email.to_string()),
                    Fact("Profil", profile.clone()),
                    Quoted(question.clone()),
                ],
            ),
            Self::HotlineAcknowledged => (
                "Votre question est arrivée".into(),
                vec![
                    words("Nous avons bien reçu votre question. L’équipe e-PASS JEUNES vous répond par mail."),
                    words("Vous n’avez rien demandé ? Ignorez ce message."),
                ],
            ),
        }
    }

    /// Where to answer, in words.
    pub(crate) fn answering(&self) -> String {
        match self {
            Self::HotlineQuestion { email, .. } => {
                format!("Répondez à ce mail : votre réponse part à {email}.")
            }
            Self::EnrolmentToReview { .. } | Self::ConventionToReview { .. } | Self::BonPlanToReview { .. } => {
                "Ce mail est envoyé par l’extranet à l’équipe e-PASS JEUNES.".into()
            }
            _ => "Une question ? Répondez à ce mail, ou appelez le 03.87.78.78.23, du lundi au vendredi de 9 h à 19 h et le samedi de 9 h à 17 h.".into(),
        }
    }
}

impl Deal {
    fn quoted(&self) -> String {
        quoted(self.title.as_str())
    }

    fn partner(&self) -> String {
        quoted(self.partner_name.as_str())
    }

    /// When and where.
    fn rendezvous(&self) -> Vec<Part> {
        let mut facts: Vec<Part> = match self.dates.as_slice() {
            [] => vec![Fact("Quand", self.when.clone())],
            several => several.iter().map(|date| Fact("Quand", date.clone())).collect(),
        };
        facts.extend(self.times.as_ref().map(|times| Fact("Précision", times.to_string())));
        facts.extend(self.place.as_ref().map(|place| Fact("Où", place.clone())));
        if !self.is_at_partner() {
            facts.push(Fact("Proposé par", self.partner_name.to_string()));
        }
        facts
    }

    /// Whether the line of the place begins with the partner's name: then it is said once.
    fn is_at_partner(&self) -> bool {
        let place = self.place.as_deref().and_then(|place| place.split(", ").next());
        place.is_some_and(|name| folded(name) == folded(self.partner_name.as_str()))
    }

    fn giving_back(&self) -> [Part; 2] {
        [
            words(
                "Vous ne pouvez plus venir ? Rendez votre place sur la page du bon plan : une autre personne l’aura aussitôt.",
            ),
            Button("Voir ou rendre ma place", format!("{}/bons-plans/{}", self.site_url, self.id)),
        ]
    }
}
