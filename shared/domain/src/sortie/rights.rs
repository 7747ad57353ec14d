//! The table of rights: which party may do what with an outing in which state.

use serde::{Deserialize, Serialize};

use crate::Fault;

/// The six states of an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// *En attente*.
    Pending,
    /// *À revoir*.
    Returned,
    /// *Confirmée*.
    Confirmed,
    /// *Validée*.
    Validated,
    /// *Encaissée*.
    Settled,
    /// *Annulée*.
    Cancelled,
}

/// A party that acts on an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The establishment that organises it.
    Establishment,
    /// The partner that receives it.
    Partner,
    /// A young person.
    Beneficiary,
}

/// An action on an outing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// *Je confirme la sortie*.
    Confirm,
    /// *Je renvoie la sortie pour modification*.
    Return,
    /// Corrects the sheet and sends it again.
    Resubmit,
    /// A young person joins: the price is held.
    Join,
    /// A young person leaves: the price is released.
    Leave,
    /// The establishment removes a participant from the list.
    TakeOff,
    /// *Je valide la sortie*.
    Validate,
    /// *Déclarer absent*.
    DeclareAbsent,
    /// *Replacer en présent*.
    DeclarePresent,
    /// *J'encaisse la sortie e-PASS*.
    Settle,
    /// Cancels the settlement, on the same day.
    Reopen,
    /// Cancels the outing.
    Cancel,
}

/// The table of rights. What it does not list is refused.
const ALLOWED: [(Phase, Party, &[Action]); 8] = [
    (Phase::Pending, Party::Partner, &[Action::Confirm, Action::Return]),
    (Phase::Pending, Party::Establishment, &[Action::Cancel]),
    (Phase::Returned, Party::Establishment, &[Action::Resubmit, Action::Cancel]),
    (Phase::Confirmed, Party::Establishment, &[Action::Validate, Action::TakeOff, Action::Cancel]),
    (Phase::Confirmed, Party::Beneficiary, &[Action::Join, Action::Leave]),
    (Phase::Validated, Party::Partner, &[Action::DeclareAbsent, Action::DeclarePresent, Action::Settle]),
    (Phase::Validated, Party::Establishment, &[Action::Cancel]),
    (Phase::Settled, Party::Partner, &[Action::Reopen]),
];

impl Action {
    /// All actions.
    pub const ALL: [Self; 12] = [
        Self::Confirm,
        Self::Return,
        Self::Resubmit,
        Self::Join,
        Self::Leave,
        Self::TakeOff,
        Self::Validate,
        Self::DeclareAbsent,
        Self::DeclarePresent,
        Self::Settle,
        Self::Reopen,
        Self::Cancel,
    ];

    /// The words after « peut » in a sentence.
    const fn words(self) -> &'static str {
        match self {
            Self::Confirm => "la confirmer",
            Self::Return => "la renvoyer pour modification",
            Self::Resubmit => "la corriger et la renvoyer",
            Self::Join => "s’y inscrire",
            Self::Leave => "s’en désinscrire",
            Self::TakeOff => "retirer un participant",
            Self::Validate => "la valider",
            Self::DeclareAbsent => "déclarer des absents",
            Self::DeclarePresent => "les replacer en présents",
            Self::Settle => "l’encaisser",
            Self::Reopen => "annuler l’encaissement le jour même",
            Self::Cancel => "l’annuler",
        }
    }
}

impl Party {
    /// All three parties.
    pub const ALL: [Self; 3] = [Self::Establishment, Self::Partner, Self::Beneficiary];

    const fn words(self) -> &'static str {
        match self {
            Self::Establishment => "l’établissement",
            Self::Partner => "le partenaire",
            Self::Beneficiary => "un jeune",
        }
    }
}

impl Phase {
    /// All phases, in the order of an outing's life.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Returned, Self::Confirmed, Self::Validated, Self::Settled, Self::Cancelled];

    /// The code in storage and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Returned => "returned",
            Self::Confirmed => "confirmed",
            Self::Validated => "validated",
            Self::Settled => "settled",
            Self::Cancelled => "cancelled",
        }
    }

    /// The label on the screens (guide §9.4).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "En attente",
            Self::Returned => "À revoir",
            Self::Confirmed => "Confirmée",
            Self::Validated => "Validée",
            Self::Settled => "Encaissée",
            Self::Cancelled => "Annulée",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `state` when it is not a phase's code.
    pub fn parse(code: &str) -> Result<Self, Fault> {
        let found = Self::ALL.into_iter().find(|phase| phase.code() == code);
        found.ok_or(Fault::new("state", "Choisissez un des statuts proposés."))
    }

    /// Whether the table allows this party the action.
    pub fn allows(self, by: Party, action: Action) -> bool {
        ALLOWED.iter().any(|(phase, party, actions)| (*phase, *party) == (self, by) && actions.contains(&action))
    }

    /// A sentence that says who may do what now; it addresses the reader as *vous*.
    pub fn next(self, reader: Party) -> String {
        let of_party = |(phase, party, actions): &(Self, Party, &[Action])| {
            (*phase == self).then(|| {
                let words: Vec<_> = actions.iter().map(|action| action.words()).collect();
                let (last, others) = words.split_last().expect("no row of the table is empty");
                let others = others.join(", ");
                let joined = if others.is_empty() { (*last).to_owned() } else { format!("{others} ou {last}") };
                if *party == reader {
                    format!("vous pouvez {joined}")
                } else {
                    format!("{} peut {joined}", party.words())
                }
            })
        };
        let sentences: Vec<String> = ALLOWED.iter().filter_map(of_party).collect();
        match sentences.join(" ; ") {
            none if none.is_empty() => "Plus rien ne peut y être changé.".to_owned(),
            said => {
                let mut letters = said.chars();
                let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                format!("{first}{}.", letters.as_str())
            }
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SortieRefusal;

    #[test]
    fn what_the_table_does_not_name_is_refused() {
        let said: Vec<String> =
            Phase::ALL.map(|phase| format!("{} : {}", phase.label(), phase.next(Party::Partner))).into();
        let expected = [
            "En attente : Vous pouvez la confirmer ou la renvoyer pour modification ; l’établissement peut l’annuler.",
            "À revoir : L’établissement peut la corriger et la renvoyer ou l’annuler.",
            "Confirmée : L’établissement peut la valider, retirer un participant ou l’annuler ; un jeune peut s’y inscrire ou s’en désinscrire.",
            "Validée : Vous pouvez déclarer des absents, les replacer en présents ou l’encaisser ; l’établissement peut l’annuler.",
            "Encaissée : Vous pouvez annuler l’encaissement le jour même.",
            "Annulée : Plus rien ne peut y être changé.",
        ];
        assert_eq!(said, expected);
        assert_eq!(Phase::Returned.next(Party::Establishment), "Vous pouvez la corriger et la renvoyer ou l’annuler.");
        let allowed = |phase: Phase| {
            let of = |party| Action::ALL.into_iter().filter(move |action| phase.allows(party, *action));
            Party::ALL.into_iter().flat_map(of).count()
        };
        assert_eq!(Phase::ALL.map(allowed), [3, 2, 5, 4, 1, 0]);
        assert_eq!(
            Phase::Settled.may(Party::Establishment, Action::Cancel),
            Err(SortieRefusal::State(Phase::Settled, Party::Establishment))
        );
    }
}
