use super::*;
use crate::value::{Value, read};

/// The formats where the validator's own crate is a second judge.
fn second(format: Format) -> Option<jsonschema::Validator> {
    let skipped = [
        // It takes any text, or knows none of these.
        Format::Binary,
        Format::Byte,
        Format::Password,
        Format::Double,
        Format::Float,
    ];
    if skipped.contains(&format) || format.int_range().is_some() {
        return None;
    }
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&serde_json::json!({ "format": format.name() }))
        .ok()
}

#[test]
fn edges_have_their_format_and_near_misses_do_not() {
    for format in Format::all() {
        for (class, text) in format.edges() {
            assert!(format.valid(text), "{} {class}: {text}", format.name());
        }
        for (class, text) in format.near_misses() {
            assert!(!format.valid(text), "{} {class}: {text}", format.name());
        }
    }
}

#[test]
fn a_second_judge_agrees_on_every_edge_and_near_miss() {
    let mut disagreements = Vec::new();
    for format in Format::all() {
        let Some(second) = second(format) else { continue };
        let listed =
            |edges: &'static [Edge], verdict: bool| edges.iter().map(move |edge| (edge, verdict));
        for ((class, text), verdict) in
            listed(format.edges(), true).chain(listed(format.near_misses(), false))
        {
            if second.is_valid(&serde_json::json!(text)) != verdict {
                disagreements.push(format!("{}: {class}: we say {verdict}", format.name()));
            }
        }
    }
    // It reads mailboxes of RFC 5322 with display names, and the first draft of relative pointers.
    insta::assert_snapshot!(disagreements.join("\n"), @"
    email: a name in front: we say false
    relative-json-pointer: the next element: we say true
    relative-json-pointer: the element before: we say true
    ");
}

#[test]
fn classes_and_texts_are_listed_once() {
    for format in Format::all() {
        let all: Vec<_> = format.edges().iter().chain(format.near_misses()).collect();
        for (index, (class, text)) in all.iter().enumerate() {
            assert!(
                all[..index].iter().all(|(_, other)| other != text),
                "{} {class}: {text} twice",
                format.name()
            );
        }
    }
}

#[test]
fn names_lead_to_formats_and_back() {
    assert!(Format::all().all(|format| Format::of(format.name()) == Some(format)));
    assert_eq!(Format::of("slug"), None);
}

#[test]
fn numbers_are_held_to_the_range_of_their_width() {
    let accepts =
        |format: Format, lexeme: &str| format.accepts(&read::json(lexeme.as_bytes()).unwrap());
    assert!(accepts(Format::Int32, "2147483647") && !accepts(Format::Int32, "2147483648"));
    assert!(accepts(Format::Int64, "9223372036854775807"));
    assert!(!accepts(Format::Int64, "9223372036854775808"));
    assert!(accepts(Format::Int32, "1.0") && !accepts(Format::Int32, "1.5"));
    assert!(accepts(Format::Double, "1e308") && !accepts(Format::Double, "1e309"));
    assert!(accepts(Format::Int64, "\"7\"") && !accepts(Format::Int64, "\"07\""));
    assert!(accepts(Format::Date, "7"));
}

#[test]
fn a_lone_surrogate_has_no_format_of_a_grammar() {
    let lone = Value::String(Text::from_code_points([0xD800]));
    assert!(!Format::Uri.accepts(&lone) && Format::Password.accepts(&lone));
}
