//! The labels of form fields, for the summary of a refused form: « Ce champ est obligatoire » alone would not name the
//! field. A test compares the list with the templates.

/// Field and label, in alphabetical order. Where the guide's screens use two labels for one field, the first one stands
/// here.
const LABELS: &[(&str, &str)] = &[
    ("access_conditions", "Conditions d’accès"),
    ("accessibility", "Accessibilités à la structure"),
    ("accompanied", "Présence d’un accompagnateur"),
    ("account_holder", "Nom du titulaire"),
    ("account_password", "Votre mot de passe"),
    ("account_reason", "Motif du refus du compte"),
    ("activity_commune", "Commune de l’activité"),
    ("activity_postcode", "Code postal de l’activité"),
    ("activity_street", "Adresse de l’activité"),
    ("amount", "Montant de la transaction"),
    ("bank_reason", "Motif de la banque"),
    ("bic", "BIC"),
    ("birth_date", "Date de naissance"),
    ("campaign", "Campagne"),
    ("cancellation_reason", "Motif de l’annulation"),
    ("card_number", "N° de carte"),
    ("civility", "Civilité du référent"),
    ("closed_week", "Semaine des partenaires"),
    ("closing_day", "Fin des inscriptions"),
    ("comment", "Commentaire pour modification"),
    ("commune", "Commune"),
    ("confirm_password", "Confirmer le mot de passe"),
    ("confirm_password", "Confirmer le nouveau mot de passe"),
    ("current_password", "Ancien mot de passe"),
    ("day", "Date de la sortie"),
    ("days", "Valable"),
    ("department", "Département"),
    ("description", "Description"),
    ("email", "Adresse mail"),
    ("end_till_keys", "Révoquer aussi les clés de mes caisses"),
    ("envelope", "Rubrique"),
    ("envelopes", "Activités"),
    ("expected", "Nombre de participants attendus"),
    ("failure", "Ce qui s’est passé"),
    ("file_number", "N° de dossier"),
    ("first_name", "Prénom"),
    ("first_name", "Prénom du jeune"),
    ("from", "Du"),
    ("home_abroad", "J’habite hors de France"),
    ("home_postcode", "Code postal du domicile"),
    ("how_to_book", "Modalités de réservation"),
    ("iban", "IBAN"),
    ("identifier", "Identifiant"),
    ("kind", "Type d’établissement"),
    ("last_name", "Nom"),
    ("last_name", "Nom du jeune"),
    ("legal_name", "Raison sociale"),
    ("minimum_age", "Âge minimum"),
    ("mobile", "Téléphone portable"),
    ("name", "Nom"),
    ("name", "Prénom, nom ou sortie"),
    ("new_password", "Mot de passe"),
    ("new_password", "Nouveau mot de passe"),
    ("offer", "Tarif"),
    ("organiser", "Organisateur de la sortie"),
    ("participant", "Prénom, nom ou N° de dossier"),
    ("password", "Mot de passe"),
    ("phone", "Téléphone principal"),
    ("picture", "Image"),
    ("picture_alt", "Ce que montre l’image"),
    ("place", "Lieu"),
    ("place_commune", "Commune du lieu"),
    ("place_postcode", "Code postal du lieu"),
    ("place_street", "Adresse du lieu"),
    ("places", "Nombre de places"),
    ("places_left", "Places disponibles"),
    ("postcode", "Code postal"),
    ("price", "Prix unitaire"),
    ("profile", "Je suis"),
    ("q", "Nom, commune, N° de dossier ou SIRET"),
    ("question", "Ma question"),
    ("reason", "Motif du refus"),
    ("reference", "N° de carte, de dossier ou de voucher"),
    ("referent", "Référent du partenaire"),
    ("referent_civility", "Civilité du référent"),
    ("referent_email", "Adresse mail du référent"),
    ("referent_first_name", "Prénom du référent"),
    ("referent_last_name", "Nom du référent"),
    ("referent_phone", "Téléphone principal du référent"),
    ("referent_position", "Fonction du référent dans ma structure"),
    ("referent_second_phone", "Téléphone secondaire du référent"),
    ("registration", "Inscription sur ce site"),
    ("remove_picture", "Je retire l’image"),
    ("report", "Compte rendu de la banque (pain.002)"),
    ("rib", "RIB"),
    ("school", "Établissement"),
    ("school_abroad", "J’étudie hors de France"),
    ("school_name", "Nom de l’établissement"),
    ("school_postcode", "Code postal de l’établissement"),
    ("second_phone", "Téléphone secondaire"),
    ("settlement_terms", "Règlement"),
    ("siret", "N° SIRET"),
    ("state", "État"),
    ("sortie_code", "Code de la sortie"),
    ("sortie_state", "Statut"),
    ("status", "Votre situation"),
    ("street", "Adresse administrative"),
    ("subject", "Objet"),
    ("suspension_reason", "Motif de la suspension"),
    ("taking_down_reason", "Motif du retrait"),
    ("terms", "Prix ou réduction"),
    ("till", "Nom de la caisse"),
    ("times", "Précision sur les horaires"),
    ("title", "Titre"),
    ("to", "Au"),
    ("trade_name", "Nom commercial ou d’usage"),
    ("uai", "Code UAI"),
    ("voucher_envelope", "Pour quelle rubrique"),
    ("voucher_number", "N° de voucher"),
    ("voucher_number", "N° du Voucher"),
    ("wanted", "N° de carte, de dossier ou de voucher, identifiant, adresse mail ou nom"),
    ("website", "Site web"),
    ("week", "Ou une seule semaine"),
    ("words", "Nom, commune ou code UAI"),
];

/// The label of a field.
pub(crate) fn label(field: &str) -> Option<&'static str> {
    LABELS.iter().find(|(name, _)| *name == field).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn every_field_of_a_form_has_the_label_that_its_form_shows() {
        let shown: BTreeSet<(String, String)> = templates().iter().flat_map(|text| fields(text)).collect();
        assert!(shown.len() > 40, "the templates were found");
        let listed = LABELS.iter().map(|(field, label)| ((*field).to_owned(), (*label).to_owned())).collect();
        assert_eq!(shown, listed);
    }

    /// The pairs of `forms::text(form, "field", "Label"…)` and its sisters, whatever holds the form.
    fn fields(text: &str) -> Vec<(String, String)> {
        let calls = text.split("forms::").skip(1).filter_map(|call| {
            let (before, rest) = call.split_once("form, \"")?;
            (!before.contains('"')).then_some(rest)
        });
        let pair = |rest: &str| {
            let (field, rest) = rest.split_once("\", \"")?;
            let (label, _) = rest.split_once('"')?;
            let plain = field.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            plain.then(|| (field.to_owned(), label.to_owned()))
        };
        calls.filter_map(pair).collect()
    }

    fn templates() -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut folders: Vec<PathBuf> = ["functions", "shared"].map(|folder| root.join(folder)).into();
        let mut texts = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                match (entry.path().is_dir(), entry.path().extension()) {
                    (true, _) => folders.push(entry.path()),
                    (false, Some(kind)) if kind == "html" => texts.push(std::fs::read_to_string(entry.path()).unwrap()),
                    _ => {}
                }
            }
        }
        texts
    }
}
