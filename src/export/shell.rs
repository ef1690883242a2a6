//! Words of a POSIX shell (IEEE 1003.1-2024, volume 3, chapter 2) that stand for any octets.

use std::fmt::Write;

/// Longest text that is spelt in octal by `printf`; beyond it base64 is shorter to read and type.
const OCTAL_LIMIT: usize = 64;

/// One word for these octets, which hold no NUL: no argument of a program can.
///
/// What a terminal shows as it is stands in single quotes; all else goes through `printf`.
pub(super) fn word(octets: &[u8]) -> String {
    if let Some(text) = plain(octets) {
        let bare = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric());
        return if bare { text.to_owned() } else { quoted(text) };
    }
    // `$(…)` takes line ends off the end, so those stand outside.
    let kept = octets.iter().rposition(|octet| *octet != b'\n').map_or(0, |last| last + 1);
    let (body, ends) = octets.split_at(kept);
    let ends = "\n".repeat(ends.len());
    match (body.is_empty(), ends.is_empty()) {
        (true, _) => quoted(&ends),
        (false, true) => format!("\"$({})\"", print(body)),
        (false, false) => format!("\"$({})\"{}", print(body), quoted(&ends)),
    }
}

/// A command that prints these octets, NUL included.
pub(super) fn print(octets: &[u8]) -> String {
    use base64::Engine as _;
    if let Some(text) = plain(octets) {
        return format!("printf %s {}", quoted(text));
    }
    let odd = octets.iter().filter(|octet| !is_printable(**octet)).count();
    if octets.len() > OCTAL_LIMIT && odd * 8 > octets.len() {
        let text = base64::engine::general_purpose::STANDARD.encode(octets);
        return format!("printf %s {text} | base64 -d");
    }
    let mut format = String::new();
    for octet in octets {
        match octet {
            b'\n' => format.push_str("\\n"),
            b'\r' => format.push_str("\\r"),
            b'\t' => format.push_str("\\t"),
            b'\\' => format.push_str("\\\\"),
            b'%' => format.push_str("%%"),
            octet if is_printable(*octet) => format.push((*octet).into()),
            octet => {
                let _ = write!(format, "\\{octet:03o}");
            }
        }
    }
    // A format that begins with a dash would be an option.
    let dash = if format.starts_with('-') { "-- " } else { "" };
    format!("printf {dash}{}", quoted(&format))
}

fn is_printable(octet: u8) -> bool {
    (0x20..0x7F).contains(&octet)
}

/// The text, where every character of it shows on a terminal as it is.
fn plain(octets: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(octets).ok()?;
    // Beyond ASCII much is invisible, joins what stands before it, or turns the line around.
    let shows =
        |char: char| matches!(char, ' '..='~') || char.is_alphabetic() && u32::from(char) < 0x2000;
    text.chars().all(shows).then_some(text)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn run(script: &str) -> Vec<u8> {
        let output = Command::new("sh").args(["-c", script]).output().unwrap();
        assert!(output.status.success(), "{script}: {output:?}");
        output.stdout
    }

    #[test]
    fn what_shows_is_quoted_and_what_does_not_is_printed() {
        assert_eq!(word(b"it's"), r"'it'\''s'");
        assert_eq!(word("é".as_bytes()), "'é'");
        assert_eq!(word(b"a\n"), "\"$(printf %s 'a')\"'\n'");
        assert_eq!(word(b"100%\x80\\"), r#""$(printf '100%%\200\\')""#);
        assert_eq!(print(b"-\0"), r"printf -- '-\000'");
        assert_eq!(print(&[0xFF; 66]), format!("printf %s {} | base64 -d", "/".repeat(88)));
    }

    #[test]
    fn every_octet_survives_a_shell() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(run(&print(&all)), all);
        for octet in 0..=255 {
            let octets = [octet, b'0', octet];
            assert_eq!(run(&print(&octets)), octets);
        }
        let named: Vec<u8> = (1..=255).chain(*b"\n\n").collect();
        assert_eq!(run(&format!("printf %s {}", word(&named))), named);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn words_survive_a_shell(octets in proptest::collection::vec(1u8..=255, 0..100), text: String) {
            let text = text.replace('\0', "");
            let script = format!("printf '%s|' {} {}", word(&octets), word(text.as_bytes()));
            prop_assert_eq!(run(&script), [&octets[..], b"|", text.as_bytes(), b"|"].concat());
        }
    }
}
