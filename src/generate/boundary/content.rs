//! Contents of free texts that programs trip over.

use super::Emit;
use crate::case::Label;
use crate::generate::edit::Leaf;
use crate::generate::walk::Spot;
use crate::schema::shape::Branch;
use crate::value::Text;

/// Contents that any program has to take.
const USUAL: [(&str, &str); 75] = [
    ("letter", "a"),
    ("capital", "A"),
    ("space only", " "),
    ("leading space", " 0"),
    ("trailing space", "0 "),
    ("inner spaces", "a  b"),
    ("single quote", "'"),
    ("double quote", "\""),
    ("back quote", "`"),
    ("backslash", "\\"),
    ("slash", "/"),
    ("percent", "%"),
    ("percent NUL", "%00"),
    ("percent path", "%2e%2e%2f"),
    ("percent percent", "%25"),
    ("plus", "+"),
    ("semicolon", ";"),
    ("comma", ","),
    ("ampersand", "&"),
    ("equals", "="),
    ("hash", "#"),
    ("question mark", "?"),
    ("at", "@"),
    ("colon", ":"),
    ("pipe", "|"),
    ("parent path", "../"),
    ("dot", "."),
    ("dots", ".."),
    ("dollar braces", "${}"),
    ("double braces", "{{}}"),
    ("angle brackets", "<a>"),
    ("markup entity", "&amp;"),
    ("spreadsheet formula", "=1+1"),
    ("printf", "%s%n"),
    ("null word", "null"),
    ("true word", "true"),
    ("undefined word", "undefined"),
    ("NaN word", "NaN"),
    ("zero word", "0"),
    ("exponent word", "1e9"),
    ("minus", "-1"),
    ("infinity word", "Infinity"),
    ("hexadecimal word", "0x10"),
    ("leading zeros", "007"),
    ("great integer word", "9223372036854775808"),
    ("date word", "2000-02-30"),
    ("yes word", "yes"),
    ("home directory", "~"),
    ("drive", "C:\\"),
    ("device", "CON"),
    ("asterisk", "*"),
    ("underscore", "_"),
    ("typographic quotes", "“a”"),
    ("guillemets", "«a»"),
    ("look-alike letters", "раураl"),
    ("composed", "\u{e9}"),
    ("decomposed", "e\u{301}"),
    ("sharp s", "ß"),
    ("dotted capital I", "İ"),
    ("dotless i", "ı"),
    ("expanding capital", "Ⱥ"),
    ("ligature", "ﬁ"),
    ("final sigma", "Σς"),
    ("arabic digits", "٠١٢"),
    ("full-width digits", "０１"),
    ("superscript", "²"),
    ("CJK", "漢字"),
    ("right to left", "שלום"),
    ("astral", "😀"),
    ("joined emoji", "👩‍👩‍👧"),
    ("flag", "🇦🇹"),
    ("combining pile", "Z\u{351}\u{36b}\u{343}"),
    ("last BMP letter", "\u{FFDC}"),
    ("private use", "\u{E000}"),
    ("replacement", "\u{FFFD}"),
];

/// Contents that a program may refuse, though the schema admits them.
const ODD: [(&str, &str); 22] = [
    ("NUL", "\0"),
    ("NUL inside", "a\0b"),
    ("line feed", "\n"),
    ("carriage return", "\r"),
    ("CRLF", "a\r\nb"),
    ("tab", "\t"),
    ("bell", "\u{7}"),
    ("escape", "\u{1B}[31m"),
    ("delete", "\u{7F}"),
    ("next line", "\u{85}"),
    ("no-break space", "\u{A0}"),
    ("soft hyphen", "\u{AD}"),
    ("zero-width space", "\u{200B}"),
    ("zero-width joiner", "\u{200D}"),
    ("line separator", "\u{2028}"),
    ("right-to-left override", "\u{202E}abc"),
    ("isolate", "\u{2066}a"),
    ("byte order mark", "\u{FEFF}"),
    ("noncharacter", "\u{FFFF}"),
    ("astral noncharacter", "\u{1FFFF}"),
    ("last code point", "\u{10FFFF}"),
    ("tag character", "\u{E0001}"),
];

/// Lone surrogates: what JSON can spell and UTF-8 cannot.
const SURROGATES: [(&str, u32); 3] =
    [("lone high surrogate", 0xD800), ("lone low surrogate", 0xDC00), ("last surrogate", 0xDFFF)];

/// Classes that break most, one of each way to break, which are tried before all others.
const FIRST: [&str; 16] = [
    "NUL",
    "lone high surrogate",
    "astral",
    "single quote",
    "space only",
    "line feed",
    "percent",
    "null word",
    "dotted capital I",
    "backslash",
    "leading space",
    "slash",
    "double quote",
    "joined emoji",
    "markup entity",
    "right-to-left override",
];

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    let usual = USUAL.iter().chain(&ODD).map(|(class, _)| *class);
    usual.chain(SURROGATES.iter().map(|(class, _)| *class)).chain(["constant"]).collect()
}

/// So many constants of the document are tried.
const MOST_CONSTANTS: usize = 8;

/// What to try where a text may stand that no format rules.
pub(super) fn edges(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    for branch in &spot.node.branches {
        let Branch::String(shape) = branch else { continue };
        // Texts of a format have boundaries of their own; a pattern leaves many of these.
        if shape.textual_format().is_some() {
            continue;
        }
        let mut tried: Vec<(&'static str, Text, Label)> = Vec::new();
        for (class, surrogate) in SURROGATES {
            tried.push((class, Text::from_code_points([surrogate]), Label::Unspecified));
        }
        for text in spot.place.shapes.constants().texts.iter().take(MOST_CONSTANTS) {
            tried.push(("constant", text.clone(), Label::Valid));
        }
        let odd = ODD.into_iter().map(|(class, text)| (class, text, Label::Unspecified));
        let usual = USUAL.into_iter().map(|(class, text)| (class, text, Label::Valid));
        tried.extend(odd.chain(usual).map(|(class, text, label)| (class, text.into(), label)));
        let rank = |class| FIRST.iter().position(|first| *first == class).unwrap_or(FIRST.len());
        tried.sort_by_key(|(class, ..)| rank(*class));
        for (class, text, label) in tried {
            // Short contents are filled up, so that every class is reached under any least length.
            let lacking = shape.min.saturating_sub(text.len());
            let fits = shape.max.is_none_or(|max| text.len() <= max);
            let matches = || {
                let filled = text.joined(&"0".repeat(lacking).into());
                shape.patterns.iter().all(|pattern| pattern.matches(&filled))
            };
            let whole = class != "constant" || lacking == 0;
            if fits && whole && (shape.patterns.is_empty() || matches()) {
                emit.leaf(class, Leaf::Repeat(text, "0", lacking), label);
            }
        }
    }
}
