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

#[test]
fn leap_seconds_are_drawn_rarely_lift_and_get_as_simple_as_other_times() {
    let drawn = |seed| Source::random(Rng::new(seed)).run(|s| draw(Format::DateTime, s)).unwrap().0;
    let is_leap = |text: &Text| crate::schema::format::is_leap_second(text);
    let leaps: Vec<Text> = (0..6400).map(drawn).filter(is_leap).collect();
    assert!((50..200).contains(&leaps.len()), "{}", leaps.len());
    for text in [
        "0001-10-10T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "9999-12-31T13:59:60.123456789+14:00",
        "2000-01-01T23:59:60.0+00:00",
    ] {
        let (text, mut items) = (Text::from(text), Vec::new());
        assert!(is_leap(&text) && lift(Format::DateTime, &text, &mut items), "{text:?}");
        assert_eq!(again(Format::DateTime, &items), text);
        // After the date everything goes but that it is a leap second.
        assert_eq!(items[3], Item::Choice(Choice::Bool(true)));
        let least = [int(2000), int(1), int(1), Choice::Bool(true)].map(Item::Choice);
        assert_eq!(again(Format::DateTime, &least), Text::from("2000-01-01T23:59:60Z"));
    }
    for text in ["2000-01-01T12:00:60Z", "2000-01-01T23:59:60+01:00", "2000-01-01T23:59:61Z"] {
        assert!(!lift(Format::DateTime, &Text::from(text), &mut Vec::new()), "{text}");
    }
}
