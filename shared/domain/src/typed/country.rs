//! Countries, and the countries that share their banks.

/// The 249 officially assigned two-letter codes of ISO 3166-1 (as of November 2026, checked against Debian's `iso-codes`), and
/// `XK`, which SWIFT assigns to Kosovo's banks.
const ASSIGNED: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB \
    GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM \
    KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC \
    NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
    SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK \
    YE YT ZA ZM ZW";

/// Whether two capitals are a country code.
pub(crate) fn is_country(letters: &str) -> bool {
    letters.len() == 2 && ASSIGNED.split_ascii_whitespace().any(|code| code == letters)
}

/// An IBAN country, and the BIC countries that are allowed with it besides its own (the SWIFT IBAN registry's *other
/// territories* for FR, GB and FI; the European Payments Council's IBAN and BIC relation for MC and IE, whose banks may
/// be French or British branches).
const SHARED: [(&str, &str); 5] =
    [("FR", "GP MQ GF RE PM YT NC PF WF BL MF TF"), ("MC", "FR"), ("GB", "GG JE IM"), ("IE", "GB"), ("FI", "AX")];

/// Whether an account of this IBAN country may be held at a bank of this BIC country.
pub(crate) fn share_banks(iban: &str, bic: &str) -> bool {
    let others = SHARED.into_iter().find(|(country, _)| *country == iban).map_or("", |(_, others)| others);
    iban == bic || others.split_ascii_whitespace().any(|other| other == bic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_iso_3166_and_kosovo() {
        let codes: Vec<_> = ASSIGNED.split_ascii_whitespace().collect();
        assert_eq!(codes.len(), 250);
        assert!(codes.is_sorted() && codes.iter().all(|code| code.len() == 2));
        for known in ["FR", "MC", "RE", "GB", "XK"] {
            assert!(is_country(known), "{known}");
        }
        for unknown in ["ZZ", "UK", "EU", "XX", "AA", "fr", "F", "FRA", "R ", ""] {
            assert!(!is_country(unknown), "{unknown}");
        }
    }

    #[test]
    fn overseas_and_islands_share_the_ibans_of_their_country() {
        for (iban, bic) in [
            ("FR", "FR"),
            ("FR", "RE"),
            ("FR", "GP"),
            ("FR", "NC"),
            ("MC", "MC"),
            ("MC", "FR"),
            ("GB", "JE"),
            ("IE", "GB"),
            ("DE", "DE"),
        ] {
            assert!(share_banks(iban, bic), "{iban} {bic}");
        }
        for (iban, bic) in
            [("DE", "FR"), ("FR", "DE"), ("FR", "MC"), ("FR", "BE"), ("GB", "IE"), ("IT", "SM"), ("MC", "RE")]
        {
            assert!(!share_banks(iban, bic), "{iban} {bic}");
        }
    }
}
