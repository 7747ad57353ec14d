//! Amounts of money as a cashier types them.

use super::visible;
use super::whole::digits_of_groups;
use crate::Fault;

/// The maximum amount: 999 999,99 €.
pub const MAX_CENTS: u64 = 99_999_999;

const NOT_AN_AMOUNT: Fault =
    Fault::new("amount", "Indiquez un montant en euros, en chiffres et sans signe : par exemple 12,50.");
const TOO_FINE: Fault =
    Fault::new("amount_precision", "Un montant compte au plus deux chiffres après la virgule : par exemple 12,50.");
const TOO_LARGE: Fault =
    Fault::new("amount_too_large", "Ce montant est trop élevé : 999\u{202F}999,99\u{A0}€ au maximum.");
const AMBIGUOUS: Fault = Fault::new(
    "amount_separators",
    "Ce montant peut se lire de deux façons : écrivez une seule virgule, celle des centimes, par exemple 1234,50.",
);

/// The cents of a typed amount: `12`, `12,5`, `12.50`, `1 234,50 €`, `€12,50`, `12,50 euros`, `EUR 12.50`, `12 € 50`.
///
/// # Errors
/// `missing` when blank; `amount` when it is malformed (signs and exponents are refused); `amount_separators` when
/// thousands and cents are ambiguous (`1.234`, `1,234.50`); `amount_precision` when finer than a cent;
/// `amount_too_large` above [`MAX_CENTS`].
pub(crate) fn cents(text: &str) -> Result<u64, Fault> {
    let typed = visible(text).to_lowercase();
    if typed.is_empty() {
        return Err(Fault::missing());
    }
    let figures = without_currency(&typed).ok_or(NOT_AN_AMOUNT)?;
    let separators = || figures.matches([',', '.']);
    if separators().count() > 1 {
        let digits = figures.split([',', '.']).all(|part| digits_of_groups(part).is_some());
        return Err(if digits { AMBIGUOUS } else { NOT_AN_AMOUNT });
    }
    let (whole, decimals) = match figures.split_once([',', '.']) {
        Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
        Some(_) => return Err(NOT_AN_AMOUNT),
        None => (&*figures, "0"),
    };
    let whole = digits_of_groups(whole).ok_or(NOT_AN_AMOUNT)?;
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NOT_AN_AMOUNT);
    }
    if decimals.len() > 2 {
        let thousands = decimals.len() == 3 && whole.len() <= 3 && figures.contains('.');
        return Err(if thousands { AMBIGUOUS } else { TOO_FINE });
    }
    let cents = format!("{whole}{decimals:0<2}").parse().map_err(|_| TOO_LARGE)?;
    if cents > MAX_CENTS { Err(TOO_LARGE) } else { Ok(cents) }
}

/// The amount in lower case without the currency, which stands once: before, after, or in place of the comma with two
/// digits of cents after it (`12 € 50`).
fn without_currency(typed: &str) -> Option<String> {
    const NAMES: [&str; 4] = ["euros", "euro", "eur", "€"];
    let Some((before, after)) = NAMES.into_iter().find_map(|name| typed.split_once(name)) else {
        return Some(typed.to_owned());
    };
    match (before.trim_end(), after.trim_start()) {
        ("", figures) | (figures, "") if !figures.is_empty() => Some(figures.to_owned()),
        (whole, cents) if cents.len() == 2 && !whole.contains([',', '.']) => Some(format!("{whole},{cents}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<u64, &'static str> {
        cents(text).map_err(|fault| fault.code)
    }

    #[test]
    fn amounts_are_read_as_any_cashier_types_them() {
        for (text, cents) in [
            ("12,5", 12_50),
            ("12.50", 12_50),
            ("1 234,50 €", 123_450),
            ("1\u{202F}234,50\u{A0}€", 123_450),
            ("1\u{A0}234,50 EUR", 123_450),
            ("1234,5€", 123_450),
            (" 28 ", 28_00),
            ("1,00 euros", 1_00),
            ("1 euro", 1_00),
            ("1.00 EUR", 1_00),
            ("€1,00", 1_00),
            ("€ 1.00", 1_00),
            ("EUR 12,50", 12_50),
            ("eur12.5", 12_50),
            ("12€50", 12_50),
            ("12 € 50", 12_50),
            ("12 euros 05", 12_05),
            ("1 €", 1_00),
            ("0", 0),
            ("0,01", 1),
            ("007", 7_00),
            ("999999,99", 99_999_999),
            ("\u{200E}12,50\u{200B}", 12_50),
            ("\u{FEFF}12,50\t", 12_50),
        ] {
            assert_eq!(read(text), Ok(cents), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_rule() {
        for (text, code) in [
            ("", "missing"),
            ("  ", "missing"),
            ("\u{200B}", "missing"),
            ("-1", "amount"),
            ("−1", "amount"),
            ("+1", "amount"),
            ("1-", "amount"),
            ("(1)", "amount"),
            ("1e2", "amount"),
            ("1E2", "amount"),
            ("0x10", "amount"),
            ("12,", "amount"),
            (",5", "amount"),
            ("€", "amount"),
            ("1 € 2 €", "amount"),
            ("12,5 € 50", "amount"),
            ("12 € 5", "amount"),
            ("$12", "amount"),
            ("12 £", "amount"),
            ("12 CHF", "amount"),
            ("12 34", "amount"),
            ("1  234", "amount"),
            ("1 2345", "amount"),
            ("12,5 0", "amount"),
            ("1,-2,3", "amount"),
            ("٣", "amount"),
            ("１２", "amount"),
            ("NaN", "amount"),
            ("1_000", "amount"),
            ("1'000", "amount"),
            ("douze", "amount"),
            ("12%", "amount"),
            ("1.234", "amount_separators"),
            ("12.345", "amount_separators"),
            ("1,234.50", "amount_separators"),
            ("1.234,50", "amount_separators"),
            ("1,2,3", "amount_separators"),
            ("1.234.567", "amount_separators"),
            ("12,345", "amount_precision"),
            ("12,500", "amount_precision"),
            ("1234.567", "amount_precision"),
            ("0,001", "amount_precision"),
            ("1000000", "amount_too_large"),
            ("99999999999999999999999999999999", "amount_too_large"),
        ] {
            assert_eq!(read(text), Err(code), "{text:?}");
        }
    }
}
