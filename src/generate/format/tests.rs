use super::*;
use crate::choice::Rng;

fn again(format: Format, items: &[Item]) -> Text {
    Source::replay(items).run(|source| draw(format, source)).unwrap().0
}

#[test]
fn drawn_texts_have_their_format_and_lift() {
    for format in Format::all() {
        let second = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&serde_json::json!({ "format": format.name() }))
            .unwrap();
        let mut seen = std::collections::HashSet::new();
        for seed in 0..400 {
            let (text, trace) =
                Source::random(Rng::new(seed)).run(|source| draw(format, source)).unwrap();
            assert!(format.accepts_text(&text), "{}: {text:?}", format.name());
            // Two judges, but for numbers as texts, where the other knows none.
            let instance = serde_json::json!(text.lossy());
            assert!(second.is_valid(&instance), "{}: {text:?}", format.name());
            assert_eq!(again(format, &trace.items()), text);
            let mut items = Vec::new();
            assert!(lift(format, &text, &mut items), "{}: {text:?} is not lifted", format.name());
            assert_eq!(again(format, &items), text, "{}", format.name());
            seen.insert(text);
        }
        assert!(seen.len() > 50, "{} gives only {} texts", format.name(), seen.len());
    }
}

#[test]
fn edges_lift_exactly_or_not_at_all() {
    let mut lifted = (0, 0);
    for format in Format::all() {
        for (class, text) in format.edges().iter().chain(format.near_misses()) {
            let mut items = Vec::new();
            let text = Text::from(*text);
            lifted.1 += 1;
            if lift(format, &text, &mut items) {
                lifted.0 += 1;
                assert_eq!(again(format, &items), text, "{} {class}", format.name());
                assert!(format.accepts_text(&text), "{} {class}", format.name());
            } else {
                assert!(items.is_empty());
            }
        }
    }
    assert!(lifted.0 * 5 > lifted.1, "only {} of {}", lifted.0, lifted.1);
}

#[test]
fn nothing_chosen_gives_the_simplest_text() {
    let simplest: Vec<String> =
        Format::all().map(|format| format!("{} {:?}", format.name(), again(format, &[]))).collect();
    insta::assert_snapshot!(simplest.join("\n"), @r#"
    binary ""
    byte ""
    date "2000-01-01"
    date-time "2000-01-01T00:00:00Z"
    double "0"
    duration "PT0S"
    email "0@example.com"
    float "0"
    hostname "0.com"
    int8 "0"
    int16 "0"
    int32 "0"
    int64 "0"
    ipv4 "0.0.0.0"
    ipv6 "::"
    iri "https://example.com"
    iri-reference ""
    json-pointer ""
    password ""
    regex ""
    relative-json-pointer "0"
    time "00:00:00Z"
    uint8 "0"
    uint16 "0"
    uint32 "0"
    uint64 "0"
    uri "https://example.com"
    uri-reference ""
    uuid "00000000-0000-4000-8000-000000000000"
    "#);
}
