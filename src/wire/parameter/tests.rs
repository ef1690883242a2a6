//! The specification's table of styles, what it leaves open, and that nothing is told twice.

use proptest::prelude::*;

use super::*;
use crate::value::{Text, read};

fn value(json: &str) -> Value {
    read::json(json.as_bytes()).unwrap()
}

fn written(location: Location, name: &str, json: &str, fact: &str) -> String {
    let notation = Notation::parse(location, fact).unwrap();
    match encode(location, name, &value(json), &notation) {
        Err(unsendable) => unsendable.to_string(),
        Ok(encoded) => {
            let text =
                encoded.octets.map_or("absent".to_owned(), |o| String::from_utf8(o).unwrap());
            encoded.loss.map_or_else(|| text.clone(), |loss| format!("{text} ({loss:?})"))
        }
    }
}

/// OpenAPI 3.2.0, section 4.12.6: empty, string, array, object.
#[test]
fn styles_are_written_as_the_table_of_the_specification_shows() {
    let path = Location::Path;
    let query = Location::Query;
    for (location, fact, expected) in [
        (
            path,
            "matrix joined",
            [";color", ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"],
        ),
        (
            path,
            "matrix explode",
            [";color", ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150"],
        ),
        (
            path,
            "label joined",
            [". (DotSegment)", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"],
        ),
        (
            path,
            "label explode",
            [". (DotSegment)", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"],
        ),
        (
            path,
            "simple joined",
            [" (EmptySegment)", "blue", "blue,black,brown", "R,100,G,200,B,150"],
        ),
        (
            path,
            "simple explode",
            [" (EmptySegment)", "blue", "blue,black,brown", "R=100,G=200,B=150"],
        ),
        (Location::Header, "simple joined", ["", "blue", "blue,black,brown", "R,100,G,200,B,150"]),
        (Location::Header, "simple explode", ["", "blue", "blue,black,brown", "R=100,G=200,B=150"]),
        (
            query,
            "form joined",
            ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
        ),
        (
            query,
            "form explode",
            ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
        ),
        (
            query,
            "form explode bare",
            ["color", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
        ),
        (
            query,
            "spaceDelimited joined",
            [
                "color=",
                "color=blue",
                "color=blue%20black%20brown",
                "color=R%20100%20G%20200%20B%20150",
            ],
        ),
        (
            query,
            "spaceDelimited explode",
            ["color=", "color=blue", "color=blue&color=black&color=brown", "R=100&G=200&B=150"],
        ),
        (
            query,
            "pipeDelimited joined",
            [
                "color=",
                "color=blue",
                "color=blue%7Cblack%7Cbrown",
                "color=R%7C100%7CG%7C200%7CB%7C150",
            ],
        ),
        (
            query,
            "tabDelimited joined",
            [
                "color=",
                "color=blue",
                "color=blue%09black%09brown",
                "color=R%09100%09G%09200%09B%09150",
            ],
        ),
        (
            query,
            "deepObject",
            [
                "color=",
                "color=blue",
                "color=blue&color=black&color=brown (Style)",
                "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            ],
        ),
        (
            Location::Cookie,
            "form joined",
            ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
        ),
        (
            Location::Cookie,
            "form explode",
            [
                "color=",
                "color=blue",
                "color=blue&color=black&color=brown (Style)",
                "R=100&G=200&B=150 (Style)",
            ],
        ),
        (
            Location::Cookie,
            "cookie joined",
            ["color=", "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150"],
        ),
        (
            Location::Cookie,
            "cookie explode",
            ["color=", "color=blue", "color=blue; color=black; color=brown", "R=100; G=200; B=150"],
        ),
        (
            query,
            "application/json",
            [
                "color=%22%22",
                "color=%22blue%22",
                "color=%5B%22blue%22%2C%22black%22%2C%22brown%22%5D",
                "color=%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D",
            ],
        ),
        (
            Location::Header,
            "application/json",
            [r#""""#, r#""blue""#, r#"["blue","black","brown"]"#, r#"{"R":100,"G":200,"B":150}"#],
        ),
        (query, "whole", [" (x)", " (x)", " (x)", "R=100&G=200&B=150"]),
        (
            query,
            "whole application/json",
            [
                "%22%22",
                "%22blue%22",
                "%5B%22blue%22%2C%22black%22%2C%22brown%22%5D",
                "%7B%22R%22%3A100%2C%22G%22%3A200%2C%22B%22%3A150%7D",
            ],
        ),
    ] {
        let values =
            [r#""""#, r#""blue""#, r#"["blue","black","brown"]"#, r#"{"R":100,"G":200,"B":150}"#];
        for (json, expected) in values.into_iter().zip(expected) {
            if expected != " (x)" {
                assert_eq!(written(location, "color", json, fact), expected, "{fact} {json}");
            }
        }
    }
}

#[test]
fn any_octet_goes_into_paths_and_queries() {
    let text = r#""\u0000\r\n %/?#&=+é\ud800""#;
    assert_eq!(
        written(Location::Query, "a b", text, ""),
        "a%20b=%00%0D%0A%20%25%2F%3F%23%26%3D%2B%C3%A9%ED%A0%80 (NotText)"
    );
    assert_eq!(written(Location::Path, "a", r#""\u0000 é;,""#, ""), "%00%20%C3%A9%3B%2C (Control)");
}

#[test]
fn reserved_characters_pass_where_they_are_allowed_but_never_end_the_component() {
    let all = r#"":/?#[]@!$&'()*+,;=%zz%41""#;
    assert_eq!(
        written(Location::Query, "a", all, "reserved"),
        "a=:/?%23%5B%5D@!$%26'()*%2B,;=%25zz%41 (Triple)"
    );
    assert_eq!(written(Location::Path, "a", r#"":@!$&'*+,=""#, "reserved"), ":@!$&'*+,=");
    assert_eq!(written(Location::Path, "a", r#"";""#, "reserved"), "; (Ambiguous)");
    assert_eq!(written(Location::Query, "a", r#"["b,c","d"]"#, "joined reserved"), "a=b%2Cc,d");
}

#[test]
fn headers_never_change_what_they_cannot_hold() {
    for text in [r#""a\r\nb""#, r#""a\nb""#, r#""\u0000""#] {
        assert!(written(Location::Header, "x", text, "").contains("cannot stand in a header"));
        assert!(written(Location::Cookie, "x", text, "cookie").contains("cannot stand"));
    }
    assert_eq!(written(Location::Header, "x", r#"" a""#, ""), " a (Trimmed)");
    assert_eq!(written(Location::Header, "x", r#""é""#, ""), "é (Charset)");
    assert_eq!(written(Location::Header, "x", r#"["a,b"]"#, ""), "a,b (Delimiter)");
    assert_eq!(written(Location::Header, "x", r#"["a","","b"]"#, ""), "a,,b (Trimmed)");
    assert_eq!(written(Location::Cookie, "x", r#""a; b""#, "cookie"), "x=a; b (Delimiter)");
    assert_eq!(written(Location::Cookie, "x", r#""a; b""#, ""), "x=a%3B%20b (Escaped)");
}

#[test]
fn what_cannot_be_told_apart_is_named() {
    for (location, fact, json, expected) in [
        (Location::Query, "", "[]", "absent (Empty)"),
        (Location::Query, "joined", "{}", "absent (Empty)"),
        (Location::Query, "deepObject", "{}", "absent (Empty)"),
        (Location::Query, "", "null", "x=null (Null)"),
        (Location::Query, "", r#"[{"a":1}]"#, "x=%7B%22a%22%3A1%7D (Nested)"),
        (Location::Query, "spaceDelimited", r#"["a b"]"#, "x=a%20b (Delimiter)"),
        (Location::Query, "pipeDelimited", r#"["a|b"]"#, "x=a%7Cb (Delimiter)"),
        (Location::Query, "pipeDelimited", r#"["a b"]"#, "x=a%20b"),
        (Location::Query, "deepObject", r#"{"a]":1}"#, "x%5Ba%5D%5D=1 (Delimiter)"),
        (Location::Query, "deepObject", r#"{"a":{"b":1}}"#, "x%5Ba%5D=%7B%22b%22%3A1%7D (Nested)"),
        (
            Location::Query,
            "deepObject nested",
            r#"{"a":{"b":1,"c":[2,{}]},"d":3}"#,
            "x%5Ba%5D%5Bb%5D=1&x%5Ba%5D%5Bc%5D%5B0%5D=2&x%5Ba%5D%5Bc%5D%5B1%5D=%7B%7D&x%5Bd%5D=3 (Nested)",
        ),
        (Location::Query, "", r#"{"":1}"#, "=1 (Name)"),
        (Location::Path, "", "[]", " (Empty)"),
        (Location::Path, "label", "[]", "absent (Empty)"),
        (Location::Path, "matrix", "[]", "absent (Empty)"),
        (Location::Path, "label explode", r#"["a.b"]"#, ".a.b (Delimiter)"),
        (Location::Path, "", r#""..""#, ".. (DotSegment)"),
        (Location::Path, "", r#"".""#, ". (DotSegment)"),
        (Location::Path, "", r#""""#, " (EmptySegment)"),
        (Location::Path, "", r#""a/b""#, "a%2Fb (Slash)"),
        (Location::Path, "", r#""a\\b""#, "a%5Cb (Slash)"),
        (Location::Path, "", r#""%2F""#, "%252F (Ambiguous)"),
        (Location::Path, "", r#""a;b""#, "a%3Bb (Ambiguous)"),
        (Location::Path, "", r#""a\u0000""#, "a%00 (Control)"),
        (Location::Path, "", r#""a\n""#, "a%0A (Control)"),
        (Location::Path, "", r#""\u007f""#, "%7F (Control)"),
        (Location::Path, "", r#""...""#, "..."),
        (Location::Path, "", r#""a é?#+""#, "a%20%C3%A9%3F%23%2B"),
        (Location::Query, "", r#""a\u0000""#, "x=a%00 (Control)"),
        (Location::Query, "", r#""a\n""#, "x=a%0A"),
        (Location::Query, "", r#""../;%2F ""#, "x=..%2F%3B%252F%20"),
        (Location::Cookie, "", r#""a""#, "x=a"),
        (Location::Cookie, "", r#""é""#, "x=%C3%A9 (Escaped)"),
        (Location::Cookie, "cookie", r#""a\tb""#, "x=a\tb (Delimiter)"),
        (Location::Cookie, "cookie", r#""é""#, "x=é (Charset)"),
        (Location::Header, "", r#""a\tb""#, "a\tb"),
        (Location::Header, "", r#""a\u001bb""#, "a\u{1b}b (Charset)"),
        (Location::Header, "", r#""a\u007f""#, "a\u{7f} (Charset)"),
        (Location::Header, "", r#""a\t""#, "a\t (Trimmed)"),
        (Location::Header, "", r#"" ""#, "  (Trimmed)"),
        (Location::Header, "", "[]", " (Empty)"),
    ] {
        assert_eq!(written(location, "x", json, fact), expected, "{fact} {json}");
    }
}

fn texts() -> impl Strategy<Value = Value> {
    "[a-c,;=&|. \t%\\[\\]/é\u{0}]{0,4}".prop_map(|text| Value::text(text.as_str()))
}

fn shapes() -> impl Strategy<Value = (Value, Value)> {
    let array = || prop::collection::vec(texts(), 0..4).prop_map(Value::Array);
    let object = || {
        prop::collection::vec((texts(), texts()), 0..3).prop_map(|members| {
            let name = |name: Value| name.as_text().cloned().unwrap_or_default();
            Value::object(members.into_iter().map(|(key, value)| (name(key), value)))
        })
    };
    prop_oneof![(texts(), texts()), (array(), array()), (object(), object())]
}

fn notations() -> impl Strategy<Value = (Location, Notation)> {
    let facts = prop::sample::select(vec![
        (Location::Path, "simple"),
        (Location::Path, "label"),
        (Location::Path, "matrix"),
        (Location::Query, "form"),
        (Location::Query, "spaceDelimited"),
        (Location::Query, "pipeDelimited"),
        (Location::Query, "tabDelimited"),
        (Location::Query, "deepObject"),
        (Location::Query, "application/json"),
        (Location::Header, "simple"),
        (Location::Header, "application/json"),
        (Location::Cookie, "form"),
        (Location::Cookie, "cookie"),
    ]);
    (facts, any::<[bool; 2]>()).prop_map(|((location, fact), [explode, reserved])| {
        let mut notation = Notation::parse(location, fact).unwrap();
        notation.explode = explode;
        notation.reserved = reserved;
        (location, notation)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn values_that_can_be_told_apart_are_written_apart(
        (location, notation) in notations(),
        (a, b) in shapes(),
    ) {
        let one = encode(location, "n", &a, &notation);
        let other = encode(location, "n", &b, &notation);
        if let (Ok(Encoded { octets: one, loss: None }), Ok(Encoded { octets: other, loss: None })) = (one, other) {
            prop_assert_eq!(one == other, a == b, "{:?}", notation);
            prop_assert!(one.is_some());
        }
    }

    #[test]
    fn percent_encoded_places_hold_only_what_a_url_may(
        (location, notation) in notations(),
        points in prop::collection::vec(prop_oneof![0_u32..0x80, 0xD700_u32..0xE000, 0_u32..0x11_0000], 0..12),
    ) {
        let text = Value::String(Text::from_code_points(points));
        if matches!(location, Location::Path | Location::Query) {
            let octets = encode(location, "n", &text, &notation).unwrap().octets.unwrap_or_default();
            for octet in octets {
                prop_assert!(
                    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&octet),
                    "{}", octet as char
                );
            }
        }
    }
}
