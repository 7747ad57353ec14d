//! A hidden field in each posting form that identifies the form's account ([`crate::owner`]).

use crate::typeset::tag_end;

/// The name of the hidden field; no form has a field of this name.
pub(crate) const FIELD: &str = "form_of";

/// Adds this mark to each posting form of a page.
pub(crate) fn marked(html: &str, mark: &str) -> String {
    let mut page = String::with_capacity(html.len() + html.len() / 32);
    let mut rest = html;
    while let Some(at) = rest.find("<form ") {
        let end = at + tag_end(&rest[at..]);
        page.push_str(&rest[..end]);
        if rest[at..end].contains("method=\"post\"") {
            page.extend(["<input type=\"hidden\" name=\"", FIELD, "\" value=\"", mark, "\">"]);
        }
        rest = &rest[end..];
    }
    page.push_str(rest);
    page
}

/// Removes the mark from the posted fields and returns it.
pub(crate) fn taken(pairs: &mut Vec<(String, String)>) -> Option<String> {
    let at = pairs.iter().position(|(name, _)| name == FIELD)?;
    Some(pairs.remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_posts_is_marked_and_no_other() {
        let page = "<form class=\"a\" method=\"post\" action=\"/b\"><p>1 > 0</p></form><form method=\"get\" action=\"/c\"></form>";
        let marked = marked(page, "M");
        assert_eq!(marked.matches("name=\"form_of\" value=\"M\"").count(), 1);
        assert!(
            marked.starts_with("<form class=\"a\" method=\"post\" action=\"/b\"><input type=\"hidden\""),
            "{marked}"
        );
        assert!(marked.ends_with("<form method=\"get\" action=\"/c\"></form>"), "{marked}");
    }
}
