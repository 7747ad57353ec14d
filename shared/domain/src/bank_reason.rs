//! Sentences for the reasons that banks give for a rejection: codes of ISO 20022's external code set
//! (*ExternalStatusReason1Code* and *ExternalReturnReason1Code*: those that EPC115-06 allows a SEPA bank to send for a
//! credit transfer, and those of French banks).

use crate::Line;

/// A reason as the bank gave it: codes and additional text, such as `AC04, compte clos`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankReason<'a>(&'a Line);

/// The codes and their sentences, in the order of the codes.
const SENTENCES: [(&str, &str); 173] = [
    ("AB01", "délai de compensation dépassé"),
    ("AB02", "compensation interrompue"),
    ("AB03", "délai de règlement dépassé"),
    ("AB04", "règlement interrompu"),
    ("AB05", "délai dépassé chez la banque du bénéficiaire"),
    ("AB06", "délai dépassé chez une banque intermédiaire"),
    ("AB07", "banque du bénéficiaire injoignable"),
    ("AB08", "banque du bénéficiaire injoignable"),
    ("AB09", "erreur chez la banque du bénéficiaire"),
    ("AB10", "erreur chez une banque intermédiaire"),
    ("AC01", "IBAN incorrect"),
    ("AC02", "IBAN du compte débité incorrect"),
    ("AC03", "IBAN du bénéficiaire incorrect"),
    ("AC04", "compte clos"),
    ("AC05", "compte débité clos"),
    ("AC06", "compte bloqué"),
    ("AC07", "compte du bénéficiaire clos"),
    ("AC08", "code guichet incorrect"),
    ("AC09", "devise du compte incorrecte"),
    ("AC10", "devise du compte débité incorrecte"),
    ("AC11", "devise du compte du bénéficiaire incorrecte"),
    ("AC12", "type de compte incorrect"),
    ("AC13", "type de compte débité non admis"),
    ("AC14", "type de compte du bénéficiaire non admis"),
    ("AC15", "références du compte changées"),
    ("AG01", "virement interdit sur ce type de compte"),
    ("AG02", "code d’opération bancaire incorrect"),
    ("AG03", "opération non prise en charge par la banque"),
    ("AG04", "pays du compte incorrect"),
    ("AG05", "pays du compte débité incorrect"),
    ("AG06", "pays du compte du bénéficiaire incorrect"),
    ("AG08", "utilisateur ou droits incorrects"),
    ("AG09", "paiement non reçu"),
    ("AG10", "banque suspendue"),
    ("AG11", "banque du bénéficiaire suspendue"),
    ("AG12", "virement interne non admis"),
    ("AG13", "retour de paiement non admis"),
    ("AM01", "montant nul"),
    ("AM02", "montant supérieur au maximum admis"),
    ("AM03", "devise non admise"),
    ("AM04", "provision insuffisante sur le compte débité"),
    ("AM05", "opération en double"),
    ("AM06", "montant inférieur au minimum admis"),
    ("AM07", "montant bloqué"),
    ("AM08", "frais incorrects"),
    ("AM09", "montant incorrect"),
    ("AM10", "somme de contrôle incorrecte"),
    ("AM11", "devise incorrecte"),
    ("AM12", "montant incorrect"),
    ("AM13", "plafond du système d’échange dépassé"),
    ("AM14", "plafond du client dépassé"),
    ("AM15", "montant inférieur au minimum du système d’échange"),
    ("AM16", "somme de contrôle du fichier incorrecte"),
    ("AM17", "somme de contrôle du lot incorrecte"),
    ("AM18", "nombre d’opérations incorrect"),
    ("AM19", "nombre d’opérations du fichier incorrect"),
    ("AM20", "nombre d’opérations du lot incorrect"),
    ("AM21", "plafond de la banque dépassé"),
    ("AM22", "montants nuls"),
    ("AM23", "limite de règlement dépassée"),
    ("ARDT", "virement déjà retourné"),
    ("BE01", "titulaire différent de celui du compte"),
    ("BE04", "adresse du bénéficiaire manquante ou incorrecte"),
    ("BE05", "donneur d’ordre inconnu"),
    ("BE06", "bénéficiaire inconnu"),
    ("BE07", "adresse du donneur d’ordre manquante ou incorrecte"),
    ("BE08", "nom du donneur d’ordre manquant"),
    ("BE09", "pays incorrect"),
    ("BE10", "pays du donneur d’ordre incorrect"),
    ("BE11", "pays du bénéficiaire incorrect"),
    ("BE15", "identification incorrecte"),
    ("BE16", "identification du donneur d’ordre incorrecte"),
    ("BE17", "identification du bénéficiaire incorrecte"),
    ("BE20", "nom trop long"),
    ("BE22", "nom du bénéficiaire manquant"),
    ("CH03", "date d’exécution demandée trop lointaine"),
    ("CH04", "date d’exécution demandée trop ancienne"),
    ("CH11", "identifiant du créancier incorrect"),
    ("CH16", "contenu du fichier incorrect"),
    ("CH17", "élément non admis dans le fichier"),
    ("CH20", "décimales incompatibles avec la devise"),
    ("CH21", "élément obligatoire manquant"),
    ("CNOR", "banque du bénéficiaire non joignable"),
    ("CURR", "devise du compte incorrecte"),
    ("CUST", "annulé à la demande du client"),
    ("DNOR", "banque du donneur d’ordre non joignable"),
    ("DS02", "ordre annulé par une personne habilitée"),
    ("DS03", "annulation refusée"),
    ("DS04", "ordre refusé par la banque"),
    ("DS08", "fichier impossible à décompresser"),
    ("DS09", "fichier impossible à déchiffrer"),
    ("DS0A", "signature demandée"),
    ("DS0B", "format de signature inconnu"),
    ("DS0C", "certificat du signataire révoqué"),
    ("DS0D", "certificat du signataire non valable"),
    ("DS0E", "certificat du signataire incorrect"),
    ("DS0F", "autorité de certification non reconnue"),
    ("DS0G", "signataire non habilité pour ce paiement"),
    ("DS0H", "signataire non habilité pour ce compte"),
    ("DS0K", "nombre d’opérations non admis pour ce signataire"),
    ("DT01", "date incorrecte"),
    ("DT02", "date de création du fichier incorrecte"),
    ("DT03", "jour non ouvré"),
    ("DT04", "date future non admise"),
    ("DT05", "heure limite dépassée"),
    ("DT06", "date d’exécution changée par la banque"),
    ("DU01", "fichier en double"),
    ("DU02", "lot en double"),
    ("DU03", "virement en double"),
    ("DU04", "référence de virement en double"),
    ("DU05", "référence d’instruction en double"),
    ("DUPL", "opération en double"),
    ("ED05", "règlement échoué"),
    ("ED06", "système de règlement indisponible"),
    ("ERIN", "compte non admis pour ce virement"),
    ("FF01", "format du fichier incorrect"),
    ("FF02", "syntaxe du fichier incorrecte"),
    ("FF03", "type de paiement incorrect"),
    ("FF04", "niveau de service incorrect"),
    ("FF05", "type d’opération incorrect"),
    ("FF06", "catégorie du paiement incorrecte"),
    ("FF07", "objet du paiement incorrect"),
    ("FF08", "référence du virement incorrecte"),
    ("FF10", "erreur de traitement à la banque"),
    ("FF11", "demande de compensation interrompue"),
    ("FOCR", "retourné à la suite d’une demande d’annulation"),
    ("FR01", "fraude"),
    ("FRAD", "demande d’annulation pour fraude"),
    ("ID01", "fichier d’origine pas encore reçu"),
    ("LEGL", "motif légal"),
    ("MD01", "pas de mandat"),
    ("MD06", "remboursement demandé"),
    ("MD07", "titulaire du compte décédé"),
    ("MS02", "refus du bénéficiaire, sans motif"),
    ("MS03", "refus de la banque, sans motif"),
    ("NARR", "motif précisé en toutes lettres"),
    ("NOAS", "pas de réponse du bénéficiaire"),
    ("NOCM", "compte non conforme pour ce virement"),
    ("NOOR", "virement d’origine jamais reçu"),
    ("PY01", "BIC absent des tables d’acheminement"),
    ("RC01", "BIC incorrect"),
    ("RC02", "identifiant de banque incorrect"),
    ("RC03", "BIC du donneur d’ordre incorrect"),
    ("RC04", "BIC du bénéficiaire incorrect"),
    ("RC05", "BIC incorrect"),
    ("RC06", "BIC du donneur d’ordre incorrect"),
    ("RC07", "BIC du bénéficiaire incorrect"),
    ("RC08", "identifiant du système d’échange incorrect"),
    ("RC09", "identifiant du donneur d’ordre au système d’échange incorrect"),
    ("RC10", "identifiant du bénéficiaire au système d’échange incorrect"),
    ("RC11", "banque intermédiaire incorrecte"),
    ("RC12", "identifiant du créancier manquant"),
    ("RF01", "référence d’opération en double"),
    ("RR01", "compte ou identification du donneur d’ordre manquant"),
    ("RR02", "nom ou adresse du donneur d’ordre manquant"),
    ("RR03", "nom ou adresse du bénéficiaire manquant"),
    ("RR04", "motif réglementaire"),
    ("RR05", "information réglementaire incorrecte"),
    ("RR06", "information fiscale incorrecte"),
    ("RR07", "libellé du virement incorrect"),
    ("RR08", "libellé du virement tronqué"),
    ("RR09", "référence structurée incorrecte"),
    ("RR10", "caractères non admis"),
    ("RR11", "identifiant de service de la banque incorrect"),
    ("RR12", "identification d’une des parties incorrecte"),
    ("SL01", "service particulier de la banque du donneur d’ordre"),
    ("TD01", "description technique du fichier incorrecte"),
    ("TD02", "syntaxe du fichier incorrecte"),
    ("TD03", "structure du fichier incomplète ou incorrecte"),
    ("TECH", "problème technique"),
    ("TM01", "ordre reçu après l’heure limite"),
    ("TS01", "transmission du fichier interrompue"),
    ("TS04", "ordre transmis sur papier"),
];

impl<'a> BankReason<'a> {
    /// The maximum length of a reason, in characters: a code and the text that ISO 20022 allows a bank to add.
    pub const MAX: usize = 105;

    /// The reason stored with an order.
    pub const fn of(reason: &'a Line) -> Self {
        Self(reason)
    }

    /// The sentence with its code: `compte clos (AC04)`; unknown codes and text stay as the bank gave them.
    pub fn sentence(self) -> String {
        let mut said: Vec<String> = Vec::new();
        for part in self.parts() {
            let known = sentence_of(part).map(|words| format!("{words} ({})", part.to_ascii_uppercase()));
            let repeats = said.iter().any(|before| before.to_lowercase().starts_with(&part.to_lowercase()));
            match known {
                Some(known) => said.push(known),
                None if !repeats => said.push(part.to_owned()),
                None => {}
            }
        }
        said.join(", ")
    }

    /// The first known code.
    pub fn code(self) -> Option<&'static str> {
        self.parts().find_map(|part| Some(SENTENCES[place_of(part)?].0))
    }

    /// The parts of the reason: a code stands alone, or before a comma, a colon or a dash; a code directly followed by
    /// words is recognised as well.
    fn parts(self) -> impl Iterator<Item = &'a str> {
        let pieces = self.0.as_str().split(", ").map(str::trim);
        pieces
            .flat_map(|piece| {
                let (code, rest) = piece.split_once([' ', ':', ',']).unwrap_or((piece, ""));
                let rest = rest.trim_start_matches([' ', '\u{A0}', ':', '-', '–', ',']);
                if place_of(code).is_some() { [code, rest] } else { [piece, ""] }
            })
            .filter(|part| !part.is_empty())
    }
}

fn place_of(code: &str) -> Option<usize> {
    SENTENCES.binary_search_by(|(known, _)| (*known).cmp(code.to_ascii_uppercase().as_str())).ok()
}

fn sentence_of(code: &str) -> Option<&'static str> {
    place_of(code).map(|place| SENTENCES[place].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reason: &str) -> String {
        BankReason::of(&Line::parse(reason, 105).unwrap()).sentence()
    }

    #[test]
    fn a_code_is_said_in_words_and_kept() {
        for (given, words) in [
            ("AC04", "compte clos (AC04)"),
            ("ac04", "compte clos (AC04)"),
            ("AC04, compte clos", "compte clos (AC04)"),
            ("AC04 Compte clos", "compte clos (AC04)"),
            ("AC04 : compte clos depuis mars", "compte clos (AC04), compte clos depuis mars"),
            ("AM05, FF01", "opération en double (AM05), format du fichier incorrect (FF01)"),
            ("MS03, pas de motif donné", "refus de la banque, sans motif (MS03), pas de motif donné"),
            ("ZZ99", "ZZ99"),
            ("compte fermé", "compte fermé"),
            ("ZZ99, raison inconnue", "ZZ99, raison inconnue"),
        ] {
            assert_eq!(said(given), words, "{given}");
        }
    }

    #[test]
    fn the_code_is_found_where_there_is_one() {
        let code = |reason: &str| BankReason::of(&Line::parse(reason, 105).unwrap()).code();
        assert_eq!((code("AC04, compte clos"), code("compte clos"), code("rr04")), (Some("AC04"), None, Some("RR04")));
    }

    #[test]
    fn codes_are_sorted_and_each_of_those_that_sepa_knows_has_its_words() {
        assert!(SENTENCES.is_sorted_by(|a, b| a.0 < b.0));
        // EPC115-06 (inter-bank) codes, and those of customer-to-bank reports: files, signatures, duplicates.
        for code in [
            "AM23", "DS0H", "DU03", "FF02", "RC07", "RR07", "RR12", "TD03", "TS01", "AC01", "AC04", "AC06", "AG01",
            "AG02", "AM04", "AM05", "BE01", "BE04", "BE05", "CNOR", "CUST", "DNOR", "DT01", "DUPL", "ED05", "ERIN",
            "FF01", "FOCR", "FRAD", "MD07", "MS02", "MS03", "NOAS", "NOOR", "RC01", "RR01", "RR02", "RR03", "RR04",
            "SL01", "TECH", "TM01",
        ] {
            assert!(sentence_of(code).is_some(), "{code}");
        }
    }
}
