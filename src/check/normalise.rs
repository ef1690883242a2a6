//! Messages with what changes from run to run taken out, so that the same fault reads the same.

use crate::case::{Call, Exchange};
use crate::value::Value;

/// Longest normalised message, in characters.
pub const MAX_LENGTH: usize = 200;

/// What stands in a normalised message for what was taken out.
pub const TAKEN_OUT: [&str; 6] = ["<n>", "<sent>", "<time>", "<uuid>", "<hex>", "<id>"];

/// Takes out of `text` what changes from run to run: what we `sent`, timestamps, UUIDs, hexadecimal
/// numbers and digests, random ids, numbers. White space is folded, and at most
/// [`MAX_LENGTH`] characters are kept.
pub fn normalise(text: &str, sent: &[String]) -> String {
    let mut text = text.to_owned();
    for value in sent {
        text = without(&text, value);
    }
    let mut out = String::with_capacity(text.len().min(256));
    let mut rest = text.as_str();
    let mut previous = ' ';
    while let Some(char) = rest.chars().next() {
        if out.len() > 4 * MAX_LENGTH {
            break;
        }
        let found = if is_word(previous) { None } else { token(rest, previous) };
        let length = if let Some((length, name)) = found {
            out.push_str(name);
            previous = 'x';
            length
        } else if char.is_whitespace() || char.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            previous = ' ';
            char.len_utf8()
        } else {
            out.push(char);
            previous = char;
            char.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    let short: String = out.trim().chars().take(MAX_LENGTH).collect();
    short.trim_end().to_owned()
}

/// What a call sent that an answer may repeat: its texts and its path, longest first.
pub fn sent_texts(call: &Call, exchange: &Exchange) -> Vec<String> {
    let mut texts = Vec::new();
    call.values().for_each(|value| collect(value, &mut texts));
    let path = exchange.sent.target.split('?').next().unwrap_or_default();
    for text in [exchange.sent.target.as_str(), path] {
        if text.len() > 1 {
            texts.push(text.to_owned());
            texts.push(percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
        }
    }
    texts.retain(|text| !text.is_empty());
    texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    texts.dedup();
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    // Enough for any message; a large body would only cost time.
    if texts.len() >= 256 {
        return;
    }
    match value {
        Value::String(text) => texts.push(text.lossy().into_owned()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(object) => {
            for (key, value) in object {
                // Keys of our own making may be repeated as well as values.
                if key.len() > 2 && key.as_str().is_none_or(|key| !key.bytes().all(is_name_byte)) {
                    texts.push(key.lossy().into_owned());
                }
                collect(value, texts);
            }
        }
        _ => {}
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// `text` with each occurrence of `value` that stands alone replaced. A short plain word may be part of
/// the message itself, so it counts only in quotes.
fn without(text: &str, value: &str) -> String {
    if value.trim().is_empty() || !text.contains(value) {
        return text.to_owned();
    }
    let telling = value.chars().count() >= 3 || !value.bytes().all(is_name_byte);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = text[at..].find(value) {
        let (begin, end) = (at + found, at + found + value.len());
        let before = text[..begin].chars().next_back();
        let after = text[end..].chars().next();
        let alone = !before.is_some_and(is_word) && !after.is_some_and(is_word);
        // What is quoted, or what the message ends with, is what it speaks of.
        let quoted = before.is_some_and(is_quote) && after.is_some_and(is_quote);
        out.push_str(&text[at..begin]);
        out.push_str(if quoted || alone && (telling || after.is_none()) {
            "<sent>"
        } else {
            value
        });
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn is_quote(char: char) -> bool {
    matches!(char, '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '«' | '»' | '\\')
}

/// The volatile token that `rest` begins with: its length in bytes, and its name.
fn token(rest: &str, previous: char) -> Option<(usize, &'static str)> {
    let bytes = rest.as_bytes();
    let first = *bytes.first()?;
    let negative =
        first == b'-' && !is_word(previous) && bytes.get(1).is_some_and(u8::is_ascii_digit);
    if !first.is_ascii_alphanumeric() && !negative {
        return None;
    }
    let word = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    if let Some(length) = uuid(bytes) {
        return Some((length, "<uuid>"));
    }
    if let Some(length) = time(bytes) {
        return Some((length, "<time>"));
    }
    let run = &bytes[..word];
    let (digits, letters) =
        (run.iter().any(u8::is_ascii_digit), run.iter().any(u8::is_ascii_alphabetic));
    if run.starts_with(b"0x") && word > 2 && run[2..].iter().all(u8::is_ascii_hexdigit) {
        return Some((word, "<hex>"));
    }
    if word >= 8 && digits && letters && run.iter().all(u8::is_ascii_hexdigit) {
        return Some((word, "<hex>"));
    }
    if word >= 16 && digits && letters && run.iter().filter(|b| b.is_ascii_digit()).count() >= 3 {
        return Some((word, "<id>"));
    }
    number(bytes).map(|length| (length, "<n>"))
}

/// 8-4-4-4-12 hexadecimal digits.
fn uuid(bytes: &[u8]) -> Option<usize> {
    let shape = bytes.get(..36)?.iter().enumerate().all(|(index, byte)| {
        if matches!(index, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
    });
    (shape && !bytes.get(36).is_some_and(u8::is_ascii_alphanumeric)).then_some(36)
}

/// `2025-01-31`, with a time of day or without, or a time of day alone.
fn time(bytes: &[u8]) -> Option<usize> {
    let fits = |at: usize, shape: &[u8]| {
        bytes.get(at..at + shape.len()).is_some_and(|part| {
            part.iter()
                .zip(shape)
                .all(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == s })
        })
    };
    let clock = |at: usize| {
        if !fits(at, b"00:00:00") {
            return None;
        }
        let mut end = at + 8;
        if bytes.get(end) == Some(&b'.') || bytes.get(end) == Some(&b',') {
            let digits = bytes[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            end += if digits > 0 { 1 + digits } else { 0 };
        }
        if matches!(bytes.get(end), Some(b'Z' | b'z')) {
            end += 1;
        } else if fits(end, b"+00:00") || fits(end, b"-00:00") {
            end += 6;
        } else if fits(end, b"+0000") || fits(end, b"-0000") {
            end += 5;
        }
        Some(end)
    };
    if !fits(0, b"0000-00-00") {
        return clock(0);
    }
    let separator = matches!(bytes.get(10), Some(b'T' | b't' | b' '));
    Some(clock(11).filter(|_| separator).unwrap_or(10))
}

/// A number, with its sign, groups and exponent; also a version or an address of numbers and dots.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = |at: usize| bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(end);
    if whole == 0 {
        return None;
    }
    end += whole;
    while matches!(bytes.get(end), Some(b'.' | b',')) {
        let more = digits(end + 1);
        if more == 0 {
            break;
        }
        end += 1 + more;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let more = bytes.get(end + 1 + sign..).map_or(0, |_| digits(end + 1 + sign));
        end += if more > 0 { 1 + sign + more } else { 0 };
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> String {
        normalise(text, &[])
    }

    #[test]
    fn what_changes_from_run_to_run_is_taken_out() {
        for (text, normal) in [
            ("order 1234 not found", "order <n> not found"),
            ("took 0.034 s at 2025-02-03T04:05:06.123Z", "took <n> s at <time>"),
            ("id 6f9619ff-8b86-d011-b42d-00cf4fc964ff is bad", "id <uuid> is bad"),
            ("object at 0x7f3a2c", "object at <hex>"),
            ("digest d41d8cd98f00b204 differs", "digest <hex> differs"),
            ("-9223372036854775808 out of range", "<n> out of range"),
            ("value 1e400, 1.5E-7 and 10,000", "value <n>, <n> and <n>"),
            ("utf8 int64 v2 column_1", "utf8 int64 v2 column_1"),
            ("order-17 at 10.0.0.1:80", "order-<n> at <n>:<n>"),
            ("token 01ARZ3NDEKTSV4RRFFQ69G5FAV expired", "token <id> expired"),
            ("a\n\t b   c", "a b c"),
            ("ends with é2", "ends with é2"),
        ] {
            assert_eq!(plain(text), normal, "{text}");
        }
    }

    #[test]
    fn what_we_sent_is_taken_out() {
        let sent = |text: &str, sent: &[&str]| {
            normalise(text, &sent.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(sent("no such colour 'red'", &["red"]), "no such colour '<sent>'");
        assert_eq!(sent("rendered badly: red", &["red"]), "rendered badly: <sent>");
        assert_eq!(sent("a rendered value", &["a"]), "a rendered value");
        assert_eq!(sent("bad value a\u{0}b here", &["a\u{0}b"]), "bad value <sent> here");
        assert_eq!(sent("cannot GET /users/x%2F", &["/users/x%2F"]), "cannot GET <sent>");
    }

    #[test]
    fn long_messages_are_capped() {
        assert_eq!(plain(&"word ".repeat(500)).chars().count(), 199);
        assert!(plain(&"é".repeat(500)).chars().count() <= MAX_LENGTH);
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in "[ -~é\n]{0,120}") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }

        #[test]
        fn any_text_is_taken(text in any::<String>(), sent in proptest::collection::vec(any::<String>(), 0..3)) {
            prop_assert!(normalise(&text, &sent).chars().count() <= MAX_LENGTH);
        }
    }
}
