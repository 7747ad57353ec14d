//! Telephone numbers: French ones by the numbering plan, others by the calling code of their country.

use super::visible;

/// The international form that is stored: `+`, the calling code, the national number. `None` if it is not a telephone
/// number.
///
/// `04 91 00 00 00`, `+33 4 91 00 00 00`, `0033…` and `+33 (0)4…` are equivalent. An overseas number gets the calling
/// code of its department in all spellings (`0692…`, `+33 692…` and `+262 692…`).
pub(crate) fn international(text: &str) -> Option<String> {
    let spaceless: String = visible(text).chars().filter(|c| !c.is_whitespace()).collect();
    // The trunk prefix in parentheses is for calls within the country: `+33 (0)4…`, `+41 (0)22…`.
    let dialled = if spaceless.starts_with(['+', '0']) { spaceless.replacen("(0)", "", 1) } else { spaceless };
    let compact: String = dialled.chars().filter(|c| !is_separator(*c)).collect();
    let abroad = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
    let digits = abroad.unwrap_or(&compact);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match abroad {
        None => french(digits.strip_prefix('0')?),
        Some(digits) => match FRENCH_CODES.into_iter().find(|code| digits.starts_with(code)) {
            Some(code) => {
                let national = &digits[code.len()..];
                let number = french(national.strip_prefix('0').unwrap_or(national))?;
                (code == METROPOLE || number[1..].starts_with(code)).then_some(number)
            }
            None => foreign(digits).map(|_| format!("+{digits}")),
        },
    }
}

const fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '/' | '(' | ')' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The calling codes of metropolitan France, Réunion and Mayotte, Guadeloupe with Saint-Barthélemy and Saint-Martin,
/// Guyane, Martinique.
const FRENCH_CODES: [&str; 5] = [METROPOLE, "262", "590", "594", "596"];
const METROPOLE: &str = "33";

/// The ranges of the French numbering plan (ARCEP, décision 2018-0881 as amended; ranges in use as libphonenumber
/// 9.0.43 lists them), as the digits after the 0, each with its calling code. The longest prefix decides.
const RANGES: [(&str, &[&str]); 5] = [
    (
        "33",
        &[
            "1", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "3", "41", "42", "43", "44", "45", "46",
            "47", "48", "49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "591", "592", "593", "595", "597",
            "598", "599", "60", "61", "62", "630", "631", "632", "633", "634", "635", "636", "637", "638", "64", "65",
            "66", "67", "68", "695", "698", "699", "73", "74", "75", "76", "77", "78", "79", "80", "81", "82", "83",
            "840", "842", "844", "85", "86", "88", "89", "9",
        ],
    ),
    ("262", &["262", "263", "2688", "2689", "269", "639", "692", "693", "7092", "70935", "70936", "70937"]),
    ("590", &["590", "5987", "690", "691", "7090"]),
    ("594", &["594", "5988", "694", "70930", "70931", "70932", "70933"]),
    ("596", &["596", "5989", "696", "697", "7091"]),
];

/// Saint-Pierre-et-Miquelon: its six-digit numbers are dialled from France with 0508.
const SAINT_PIERRE: &str = "508";

/// The international form of a nine-digit number in the French plan.
fn french(national: &str) -> Option<String> {
    if national.len() != 9 {
        return None;
    }
    if let Some(own) = national.strip_prefix(SAINT_PIERRE) {
        return Some(format!("+{SAINT_PIERRE}{own}"));
    }
    let ranges = RANGES.into_iter().flat_map(|(code, ranges)| ranges.iter().map(move |range| (code, *range)));
    let (code, _) = ranges.filter(|(_, range)| national.starts_with(range)).max_by_key(|(_, range)| range.len())?;
    Some(format!("+{code}{national}"))
}

/// Calling codes, each with the minimum and maximum number of digits of a national number (ITU-T E.164's assignments;
/// lengths as libphonenumber 9.0.43 lists them, within the fifteen digits of E.164).
#[rustfmt::skip]
const FOREIGN: [(u16, u8, u8); 201] = [
    (1, 10, 10), (7, 10, 14), (20, 8, 10), (27, 5, 10), (30, 10, 12), (31, 5, 11), (32, 8, 9), (34, 9, 9),
    (36, 8, 9), (39, 6, 12), (40, 6, 9), (41, 9, 12), (43, 4, 13), (44, 7, 10), (45, 8, 8), (46, 6, 12), (47, 5, 8),
    (48, 6, 10), (49, 4, 13), (51, 8, 9), (52, 10, 10), (53, 6, 10), (54, 10, 11), (55, 8, 11), (56, 9, 11),
    (57, 8, 11), (58, 10, 10), (60, 8, 10), (61, 5, 12), (62, 7, 13), (63, 6, 13), (64, 5, 10), (65, 8, 11),
    (66, 8, 13), (81, 8, 13), (82, 5, 13), (84, 7, 10), (86, 7, 12), (90, 7, 13), (91, 8, 13), (92, 8, 12),
    (93, 9, 9), (94, 9, 9), (95, 6, 10), (98, 4, 10), (211, 9, 9), (212, 9, 9), (213, 8, 9), (216, 8, 8),
    (218, 9, 9), (220, 7, 9), (221, 9, 9), (222, 8, 8), (223, 8, 8), (224, 8, 9), (225, 10, 10), (226, 8, 8),
    (227, 8, 8), (228, 8, 8), (229, 10, 10), (230, 7, 10), (231, 7, 9), (232, 8, 8), (233, 8, 9), (234, 10, 12),
    (235, 8, 8), (236, 8, 8), (237, 8, 9), (238, 7, 7), (239, 7, 7), (240, 9, 9), (241, 7, 8), (242, 9, 9),
    (243, 7, 10), (244, 9, 9), (245, 7, 9), (246, 7, 7), (247, 5, 6), (248, 7, 7), (249, 9, 9), (250, 8, 9),
    (251, 9, 9), (252, 6, 9), (253, 8, 8), (254, 7, 10), (255, 9, 9), (256, 9, 9), (257, 8, 8), (258, 8, 9),
    (260, 9, 9), (261, 9, 9), (263, 7, 10), (264, 8, 9), (265, 7, 9), (266, 8, 8), (267, 7, 10), (268, 8, 9),
    (269, 7, 7), (290, 4, 5), (291, 7, 7), (297, 7, 7), (298, 6, 6), (299, 6, 6), (350, 8, 8), (351, 9, 9),
    (352, 4, 11), (353, 7, 10), (354, 7, 9), (355, 6, 9), (356, 8, 8), (357, 8, 8), (358, 5, 12), (359, 6, 12),
    (370, 8, 8), (371, 8, 8), (372, 7, 10), (373, 8, 8), (374, 8, 8), (375, 6, 11), (376, 6, 9), (377, 8, 9),
    (378, 8, 10), (380, 9, 10), (381, 6, 12), (382, 8, 9), (383, 8, 12), (385, 7, 9), (386, 5, 8), (387, 8, 9),
    (389, 8, 8), (420, 9, 12), (421, 6, 9), (423, 7, 9), (500, 5, 5), (501, 7, 11), (502, 8, 11), (503, 7, 11),
    (504, 8, 11), (505, 8, 8), (506, 8, 10), (507, 7, 11), (508, 6, 9), (509, 8, 8), (591, 8, 9), (592, 7, 7),
    (593, 8, 11), (595, 6, 11), (597, 6, 7), (598, 4, 12), (599, 7, 8), (670, 7, 8), (672, 6, 6), (673, 7, 7),
    (674, 7, 7), (675, 7, 8), (676, 5, 7), (677, 5, 7), (678, 5, 7), (679, 7, 11), (680, 7, 7), (681, 6, 9),
    (682, 5, 5), (683, 4, 7), (685, 5, 10), (686, 5, 8), (687, 6, 6), (688, 5, 7), (689, 6, 9), (690, 4, 7),
    (691, 7, 7), (692, 7, 7), (850, 8, 10), (852, 5, 11), (853, 7, 8), (855, 8, 10), (856, 8, 10), (880, 6, 10),
    (886, 7, 11), (960, 7, 10), (961, 7, 8), (962, 8, 9), (963, 8, 9), (964, 8, 10), (965, 7, 8), (966, 9, 10),
    (967, 7, 9), (968, 7, 9), (970, 8, 10), (971, 5, 12), (972, 7, 12), (973, 8, 8), (974, 7, 11), (975, 7, 8),
    (976, 8, 10), (977, 8, 11), (992, 9, 9), (993, 8, 8), (994, 9, 9), (995, 9, 9), (996, 9, 10), (998, 9, 9),
];

/// The calling code and the national number, if the code exists and the length is valid for it.
fn foreign(digits: &str) -> Option<(&str, &str)> {
    let parted = (1..=3).filter_map(|length| digits.split_at_checked(length));
    parted.into_iter().find(|(code, national)| {
        let known = FOREIGN.iter().find(|(known, ..)| code.parse() == Ok(*known));
        known.is_some_and(|(_, least, most)| (usize::from(*least)..=usize::from(*most)).contains(&national.len()))
    })
}

/// The number as shown to people: `04 91 00 00 00`, `06 92 12 34 56`, `+377 93 15 36 00`.
pub(crate) fn shown(international: &str) -> String {
    let digits = international.trim_start_matches('+');
    let french = FRENCH_CODES.into_iter().find_map(|code| digits.strip_prefix(code)).filter(|rest| rest.len() == 9);
    match (french, foreign(digits)) {
        (Some(national), _) => pairs(&format!("0{national}")),
        (None, Some((code, national))) => format!("+{code} {}", pairs(national)),
        (None, None) => format!("+{digits}"),
    }
}

/// Groups of two digits, the first one of three if the count is odd.
fn pairs(digits: &str) -> String {
    let (first, rest) = digits.split_at(if digits.len().is_multiple_of(2) { 0 } else { digits.len().min(3) });
    let mut groups: Vec<&str> = (0..rest.len()).step_by(2).map(|place| &rest[place..place + 2]).collect();
    if !first.is_empty() {
        groups.insert(0, first);
    }
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for (text, kept, people) in [
            ("0491000000", "+33491000000", "04 91 00 00 00"),
            ("04 91 00 00 00", "+33491000000", "04 91 00 00 00"),
            ("04.91.00.00.00", "+33491000000", "04 91 00 00 00"),
            ("04/91/00/00/00", "+33491000000", "04 91 00 00 00"),
            ("+33 4 91 00 00 00", "+33491000000", "04 91 00 00 00"),
            ("0033491000000", "+33491000000", "04 91 00 00 00"),
            ("+33 (0)4-91-00-00-00", "+33491000000", "04 91 00 00 00"),
            ("\u{202A}+33 6 12 34 56 78\u{202C}", "+33612345678", "06 12 34 56 78"),
            ("06\u{2011}12\u{2011}34\u{2011}56\u{2011}78", "+33612345678", "06 12 34 56 78"),
            ("0800 123 456", "+33800123456", "08 00 12 34 56"),
            ("09 70 12 34 56", "+33970123456", "09 70 12 34 56"),
            ("0692 12 34 56", "+262692123456", "06 92 12 34 56"),
            ("+33 6 92 12 34 56", "+262692123456", "06 92 12 34 56"),
            ("+262 692 12 34 56", "+262692123456", "06 92 12 34 56"),
            ("00262 0692 123456", "+262692123456", "06 92 12 34 56"),
            ("0693 12 34 56", "+262693123456", "06 93 12 34 56"),
            ("0262 12 34 56", "+262262123456", "02 62 12 34 56"),
            ("0639 12 34 56", "+262639123456", "06 39 12 34 56"),
            ("0269 61 23 45", "+262269612345", "02 69 61 23 45"),
            ("0590 82 12 34", "+590590821234", "05 90 82 12 34"),
            ("0690 12 34 56", "+590690123456", "06 90 12 34 56"),
            ("0691 23 45 67", "+590691234567", "06 91 23 45 67"),
            ("0594 31 12 34", "+594594311234", "05 94 31 12 34"),
            ("0694 12 34 56", "+594694123456", "06 94 12 34 56"),
            ("0596 71 12 34", "+596596711234", "05 96 71 12 34"),
            ("0696 12 34 56", "+596696123456", "06 96 12 34 56"),
            ("0697 12 34 56", "+596697123456", "06 97 12 34 56"),
            ("0508 41 12 34", "+508411234", "+508 41 12 34"),
            ("+508 41 12 34", "+508411234", "+508 41 12 34"),
            ("+377 93 15 36 00", "+37793153600", "+377 93 15 36 00"),
            ("00377 6 12 34 56 78", "+377612345678", "+377 612 34 56 78"),
            ("+41 22 730 51 11", "+41227305111", "+41 227 30 51 11"),
            ("+41 (0)22 730 51 11", "+41227305111", "+41 227 30 51 11"),
            ("+39 0184 12 34 56", "+390184123456", "+39 01 84 12 34 56"),
            ("+1 202 555 01 00", "+12025550100", "+1 20 25 55 01 00"),
            ("+687 25 12 34", "+687251234", "+687 25 12 34"),
        ] {
            assert_eq!(international(text).as_deref(), Some(kept), "{text:?}");
            assert_eq!(shown(kept), people);
            assert_eq!(international(people).as_deref(), Some(kept), "{people:?} is read back");
        }
    }

    #[test]
    fn numbers_that_nobody_can_have_are_refused() {
        for text in [
            "",
            "zéro",
            "12",
            "491000000",
            "0091000000",
            "04 91 00 00",
            "04910000000",
            "0000000000",
            "٠٤٩١٠٠٠٠٠٠",
            // Unassigned ranges of the plan.
            "0700000000",
            "0712345678",
            "0723456789",
            "0400000000",
            "0593",
            "0870123456",
            "0841234567",
            "0709412345",
            "0709391234",
            "+33 0 91 00 00 00",
            "+33 4 91 00 00",
            "+262 4 91 00 00",
            "+262 123456789",
            // No country has this code, or no number of this length.
            "+0 123456789",
            "+999 12345678",
            "+210 12345678",
            "+41 22",
            "+377 1234",
            "+377 1234567890",
            "+1 202 555 010",
            "++33491000000",
            "+33491000000+",
            "04 91 00 00 00 ext 2",
            "04 91 00 00 00, 04 91 00 00 01",
        ] {
            assert_eq!(international(text), None, "{text:?}");
        }
    }
}
