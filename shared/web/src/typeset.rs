//! French typography for a rendered page: applies [`epass_domain::unbroken`] to every text, and to nothing else.

use epass_domain::{french, unbroken};

/// Elements whose text is not changed: code, typed text, text that nobody reads, and titles, which keep their hyphens
/// because people search for them as a keyboard writes them.
const LEFT_ALONE: [&str; 6] = ["textarea", "code", "pre", "script", "style", "title"];

/// The page with no-break spaces and hyphens in its texts. Tags, attributes and the elements of [`LEFT_ALONE`] are not
/// changed. Askama escapes `<` and `>` in typed text, so a `<` begins a tag.
pub(crate) fn typeset(html: &str) -> String {
    let mut set = String::with_capacity(html.len() + html.len() / 32);
    let mut rest = html;
    // A leading space depends on the text after it, a trailing one on the text before it: no rule's words stand on both
    // sides of a tag.
    while let Some(at) = rest.find('<') {
        set.push_str(&unbroken(&rest[..at]));
        rest = &rest[at..];
        let end = tag_end(rest);
        let name = rest[1..end].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let close = match LEFT_ALONE.contains(&name) {
            true => rest.find(&format!("</{name}")).unwrap_or(rest.len()),
            false => end,
        };
        match name {
            "title" => {
                set.push_str(&rest[..end]);
                set.push_str(&french(&rest[end..close]));
            }
            _ => set.push_str(&rest[..close]),
        }
        rest = &rest[close..];
    }
    set.push_str(&unbroken(rest));
    set
}

/// The end of the tag that a text begins with; a `>` within a quoted attribute does not end it.
pub(crate) fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_set_and_nothing_else_is() {
        for (rendered, set) in [
            ("<p>Motif : refus</p>", "<p>Motif\u{a0}: refus</p>"),
            ("<p><b>Motif</b> : « <b>Non</b> »</p>", "<p><b>Motif</b>\u{a0}: «\u{a0}<b>Non</b>\u{a0}»</p>"),
            ("<a title=\"a > b : c\">d ?</a>", "<a title=\"a > b : c\">d\u{202f}?</a>"),
            ("<textarea>\nA : b</textarea> : c", "<textarea>\nA : b</textarea>\u{a0}: c"),
            ("<code>a : b</code><titles>A : b</titles>", "<code>a : b</code><titles>A\u{a0}: b</titles>"),
            ("<title>L’e-PASS : a</title>", "<title>L’e-PASS\u{a0}: a</title>"),
            ("<input value=\"5 €\"><option>5 €</option>", "<input value=\"5 €\"><option>5\u{a0}€</option>"),
            ("&lt; : &#34;e-PASS&#34; ;", "&lt;\u{a0}: &#34;e\u{2011}PASS&#34;\u{202f};"),
            ("<!-- a : b --><p>é : à", "<!-- a : b --><p>é\u{a0}: à"),
        ] {
            assert_eq!(typeset(rendered), set);
        }
    }
}
