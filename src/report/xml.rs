//! Text in XML 1.0.

use std::borrow::Cow;
use std::fmt::Write;

/// Text for an element or an attribute in double quotes.
///
/// Characters that XML 1.0 cannot hold (section 2.2) are spelt out as `\u{1b}`; line ends and tabs
/// are written as references, so that attributes keep them (section 3.3.3).
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let plain = |char: char| {
        matches!(char, ' '..='\u{7E}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..)
            && !matches!(char, '&' | '<' | '>' | '"')
    };
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(char));
            }
            char if plain(char) => out.push(char),
            char => out.extend(char.escape_unicode()),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_spelt_out() {
        assert_eq!(escape("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
        assert_eq!(escape("\x1b[0m\0\u{FFFE}\u{85}"), r"\u{1b}[0m\u{0}\u{fffe}\u{85}");
        assert_eq!(escape("a\nb"), "a&#10;b");
        assert!(matches!(escape("é 日本 👍"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn only_characters_of_xml_are_left(text: String) {
            let legal = |char: char| matches!(char, ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
            prop_assert!(escape(&text).chars().all(legal));
        }
    }
}
