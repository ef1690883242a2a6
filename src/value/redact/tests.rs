use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::*;
use crate::value::{hex, read, write};

fn redactor() -> Redactor {
    Redactor::new([("bob.bearer", "s3cr3t/+ \"töken\""), ("pin", "123"), ("long", "s3cr3t/")])
}

fn text(from: &str) -> String {
    redactor().text(from).into_owned()
}

#[test]
fn every_encoding_is_seen() {
    let secret = "s3cr3t/+ \"töken\"";
    let hex = hex::write(secret.as_bytes());
    let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    for encoded in [
        secret.to_owned(),
        percent.clone(),
        percent.to_lowercase(),
        percent.replace("%20", "+"),
        "s3cr3t%2f+%20\"t%C3%B6ken\"".to_owned(),
        r#"s3cr3t\/+ \"töken\""#.to_owned(),
        r#"s3cr3t/+ \"t\u00F6ken\""#.to_owned(),
        hex.clone(),
        hex.to_uppercase(),
    ] {
        assert_eq!(text(&format!("a={encoded}&b")), "a=[secret:bob.bearer]&b", "{encoded}");
    }
}

#[test]
fn credentials_in_basic_form_are_seen_at_every_offset() {
    for user in ["", "b", "bo", "bob", "alice"] {
        for secret in ["s3cr3t/+ \"töken\"", "s3cr3t/"] {
            let plain = format!("{user}:{secret}");
            for encoded in [STANDARD.encode(&plain), URL_SAFE_NO_PAD.encode(&plain)] {
                let redacted = text(&format!("Basic {encoded}"));
                assert!(
                    redacted.starts_with("Basic ") && redacted.contains("[secret:"),
                    "{redacted}"
                );
                let left = redacted.split('[').next().unwrap().trim_start_matches("Basic ");
                // What is left tells the user at most.
                assert!(
                    encoded.starts_with(left) && left.len() * 6 <= (user.len() + 1) * 8,
                    "{left}"
                );
                assert!(redacted.ends_with(']'), "{redacted}");
            }
        }
    }
}

#[test]
fn of_two_secrets_that_begin_alike_the_longer_is_seen() {
    assert_eq!(text("s3cr3t/x"), "[secret:long]x");
    assert_eq!(text("s3cr3t/+ \"töken\""), "[secret:bob.bearer]");
}

#[test]
fn a_short_secret_is_only_seen_as_a_whole() {
    assert_eq!(text("123"), "[secret:pin]");
    assert_eq!(text("0123"), "0123");
    assert_eq!(Redactor::new([("empty", "")]).text("abc"), "abc");
}

#[test]
fn what_holds_no_secret_is_borrowed() {
    assert!(matches!(redactor().octets(b"s3cr3s/ %73 \\u0073"), Cow::Borrowed(_)));
    assert!(matches!(redactor().value(&Value::text("s3cr3")), Cow::Borrowed(_)));
    assert!(matches!(Redactor::default().text("x"), Cow::Borrowed(_)));
}

#[test]
fn a_secret_in_a_value_becomes_a_symbol() {
    let file = r#"{"a":"s3cr3t/","b":["Bearer s3cr3t/!",{"s3cr3t/":123}],"c":{"$join":["x/s3cr3t/",1]},
        "d":{"$fresh":{"name":"n","like":"s3cr3t/"}},"e":"s3cr3t%2F\ud800","f":{"$bytes":"AHMzY3IzdC8="}}"#;
    let value = Value::from_file(&read::json(file.as_bytes()).unwrap()).unwrap();
    insta::assert_snapshot!(write::compact(&redactor().value(&value)), @r#"{"a":{"$secret":"long"},"b":[{"$join":["Bearer ",{"$secret":"long"},"!"]},{"[secret:long]":{"$secret":"pin"}}],"c":{"$join":["x/",{"$secret":"long"},1]},"d":{"$fresh":{"name":"n","like":{"$secret":"long"}}},"e":{"$join":[{"$secret":"long"},"\ud800"]},"f":{"$bytes":"AFtzZWNyZXQ6bG9uZ10="}}"#);
}

#[test]
fn the_names_alone_are_shown() {
    assert_eq!(format!("{:?}", redactor()), r#"["bob.bearer", "pin", "long"]"#);
}

proptest! {
    #[test]
    fn no_secret_is_left_however_it_is_encoded(
        secret in "[ -~é😀%\\\\]{4,12}",
        before in "[a-z:% \\\\]{0,5}",
        after in "[a-z:% \\\\]{0,5}",
        encoding in 0usize..6,
        encode_all: u64,
    ) {
        // Characters that this encoding may or may not spell out are chosen by the bits of a number.
        let spelt = |spell: &dyn Fn(char) -> String| -> String {
            secret.chars().enumerate().map(|(index, char)| {
                if encode_all >> index & 1 == 1 { spell(char) } else { char.to_string() }
            }).collect()
        };
        let encoded = match encoding {
            0 => secret.clone(),
            1 => utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string(),
            2 => spelt(&|char| {
                char.to_string().bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"))
            }),
            3 => spelt(&|char| {
                let mut units = [0; 2];
                let units = char.encode_utf16(&mut units).iter();
                units.fold(String::new(), |text, unit| format!("{text}\\u{unit:04X}"))
            }),
            4 => hex::write(secret.as_bytes()).to_uppercase(),
            _ => STANDARD.encode(format!("u:{secret}")),
        };
        let redactor = Redactor::new([("x", secret.as_str())]);
        let hay = format!("{before}{encoded}{after}");
        let redacted = redactor.text(&hay);
        prop_assert!(redacted.contains("[secret:x]"), "{hay} → {redacted}");
        prop_assert!(!redacted.contains(&encoded));
    }
}
