use super::*;
use crate::value::{Object, Value, read};

fn texts(patterns: &[&str], min: usize, max: usize) -> Option<Texts> {
    let patterns: Vec<Arc<Pattern>> =
        patterns.iter().map(|source| Arc::new(Pattern::new(source).unwrap())).collect();
    Texts::new(&patterns, min, max)
}

/// A second judge: how the validator's own crate reads the pattern.
fn judge(pattern: &str) -> Option<jsonschema::Validator> {
    jsonschema::draft202012::new(&serde_json::json!({ "pattern": pattern })).ok()
}

/// Draws with these seeds; checks what is drawn, that a replay gives the same, and that lifting
/// gives choices that draw the same text.
fn check(patterns: &[&str], min: usize, max: usize, seeds: std::ops::Range<u64>) {
    let texts = texts(patterns, min, max).unwrap_or_else(|| panic!("{patterns:?} gives nothing"));
    let judges: Vec<_> = patterns.iter().filter_map(|pattern| judge(pattern)).collect();
    for seed in seeds {
        let (text, trace) = Source::random(Rng::new(seed))
            .run(|source| texts.draw(source))
            .unwrap_or_else(|_| panic!("{patterns:?} {min}..={max}: seed {seed} gives nothing"));
        assert!((min..=max).contains(&text.len()), "{patterns:?}: length of {text:?}");
        for judge in &judges {
            let instance = serde_json::Value::from(text.as_str().unwrap());
            assert!(judge.is_valid(&instance), "{patterns:?}: {text:?} does not match");
        }
        let again =
            |items: &[Item]| Source::replay(items).run(|source| texts.draw(source)).unwrap();
        assert_eq!(again(&trace.items()), (text.clone(), trace), "{patterns:?}");
        let mut items = Vec::new();
        assert!(texts.lift(&text, &mut items), "{patterns:?}: {text:?} is not lifted");
        assert_eq!(again(&items).0, text, "{patterns:?}");
    }
}

#[test]
fn drawn_texts_match_and_lift() {
    for pattern in [
        "^[a-z0-9]{1,63}$",
        "^(a|bc)*d?$",
        "^(a*)*b$",
        "^((ab){2,3}|[x-z]{4})+$",
        "b",
        "^$|^[0-9]{3}$",
        "^a|b$",
        r"^[A-Za-z0-9][-+._A-Za-z0-9]*@([-_.A-Za-z0-9]+\.)+[A-Za-z]{2,}$",
        r"^\S.*\S$",
        r"^[^\x00-\x7f]+$",
        "^(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]{6,}$",
        r"^(\w)\1$",
        r"^[a-z ]*\bword\b[a-z ]*$",
        "^(?!admin)[a-z]{3,8}$",
        r"^\p{Lu}\p{Ll}+$",
    ] {
        check(&[pattern], 0, 200, 0..100);
    }
}

#[test]
fn what_look_around_asks_for_is_made() {
    for pattern in [
        r"(?<=x)y",
        r"^(?=.*[A-Z])(?=.*\d).{8,}$",
        r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,32}$",
        r"(?<!\d)\d{4}(?!\d)",
        r"(?<=\$)\d+",
        r"^(?!admin).*$",
        r"\d+(?= EUR)",
        r"(?<=^|, )[a-z]+(?=,|$)",
        r"(?<=[A-Z]{2})(?<!XX)-\d{3}",
        r"^(?=[^@]+@)[a-z]+@[a-z]+(?<=\.com|host)$",
        r"^(?!.*--)(?!-)[a-z0-9-]{1,63}(?<!-)$",
    ] {
        check(&[pattern], 0, 200, 0..40);
        let simplest = texts(&[pattern], 0, 200).unwrap().edges();
        assert!(!simplest.is_empty(), "{pattern}");
    }
    let simplest = |pattern| texts(&[pattern], 0, 200).unwrap().edges()[0].1.to_string();
    assert_eq!(simplest(r"(?<=x)y"), "xy");
    assert_eq!(simplest(r"(?<=\$)\d+"), "$0");
    assert_eq!(simplest(r"\d+(?= EUR)"), "0 EUR");
    // What is only looked at makes no text longer than it may be.
    let looked = texts(&[r"^(?=.*[A-Z])(?=.*\d).{8,20}$"], 0, 200).unwrap();
    assert_eq!(looked.longest(), 20);
    assert!(looked.of_length(20).is_some() && looked.of_length(21).is_none());
}

#[test]
fn lengths_are_kept() {
    for (pattern, min, max) in [
        ("^[a-z]*$", 5, 5),
        ("^(ab|cde)+$", 7, 7),
        ("^[0-9]{3}(-[0-9]{4})?$", 4, 20),
        (r"^(\d{4}|\d{6})$", 5, 9),
        ("x", 10, 12),
        ("^(a?b?c?)*$", 30, 40),
        ("^[a-z]+(,[a-z]+)*$", 255, 255),
        ("^a{2,}b*$", 0, 3),
    ] {
        check(&[pattern], min, max, 0..50);
    }
}

#[test]
fn all_of_several_patterns_hold() {
    check(&["^[a-z]+$", "^a.*z$", "m"], 3, 12, 0..50);
    check(&["^.{3}$", "^(?!000)", r"^\d+$"], 0, 99, 0..50);
}

#[test]
fn what_cannot_be_is_not_drawn() {
    assert!(texts(&["^[a-z]{3}$"], 4, 9).is_none());
    assert!(texts(&["a^b"], 0, 9).is_none());
    assert!(texts(&[], 0, 9).is_none());
    let odd = texts(&["^([0-9]{2})+$"], 5, 5).unwrap();
    assert!(Source::random(Rng::new(0)).run(|source| odd.draw(source)).is_err());
}

#[test]
fn nothing_chosen_gives_the_simplest_text() {
    let simplest = |pattern: &str, min| {
        let texts = texts(&[pattern], min, 99).unwrap();
        Source::replay(&[]).run(|source| texts.draw(source)).unwrap().0.lossy().into_owned()
    };
    assert_eq!(simplest("^[a-z0-9]*$", 3), "000");
    assert_eq!(simplest("^(x|[A-Z]{2})-[a-z]+$", 0), "x-a");
    assert_eq!(simplest("b", 0), "b");
}

#[test]
fn an_element_can_be_deleted() {
    let texts = texts(&["^([a-z],)+$"], 0, 99).unwrap();
    let mut items = Vec::new();
    assert!(texts.lift(&"a,b,c,".into(), &mut items));
    let (_, trace) = Source::replay(&items).run(|source| texts.draw(source)).unwrap();
    let middle = trace.spans.iter().filter(|span| span.label == Label::Element).nth(1).unwrap();
    items.drain(middle.start..middle.end);
    let (text, _) = Source::replay(&items).run(|source| texts.draw(source)).unwrap();
    assert_eq!(text, "a,c,");
}

#[test]
fn what_does_not_match_is_not_lifted() {
    let texts = texts(&["^[a-z]{2,4}$"], 0, 99).unwrap();
    for text in ["a", "abcde", "A1", "ab\n"] {
        let mut items = Vec::new();
        assert!(!texts.lift(&text.into(), &mut items) && items.is_empty(), "{text}");
    }
}

#[test]
fn long_and_ambiguous_texts_end_without_exhausting_anything() {
    let long = Text::from("ab".repeat(20_000));
    let mut items = Vec::new();
    assert!(texts(&["^[ab]*$"], 0, 99_999).unwrap().lift(&long, &mut items));
    for pattern in ["^(ab|b)*$", "^((a|b|ab)*)*c?$", "^(a*)*(b*)*$"] {
        texts(&[pattern], 0, 99_999).unwrap().lift(&long, &mut Vec::new());
    }
}

#[test]
fn edges_match_and_near_misses_do_not() {
    for (patterns, min, max) in [
        (&["^[a-z]{2,5}(-[0-9]+|x)?$"][..], 0, 9),
        (&["^(GET|POST)$"], 0, 99),
        (&["^[^<>]*$", "[a-z]"], 1, 300),
        (&["^(?=.*[0-9]).{8,}$"], 0, 64),
        (&["b"], 0, 3),
    ] {
        let texts = texts(patterns, min, max).unwrap();
        let judges: Vec<_> = patterns.iter().filter_map(|pattern| judge(pattern)).collect();
        let matches = |text: &Text| {
            let instance = serde_json::json!(text.lossy());
            judges.iter().all(|judge| judge.is_valid(&instance))
        };
        let (edges, misses) = (texts.edges(), texts.near_misses());
        assert!(edges.len() > 1 && !misses.is_empty(), "{patterns:?}: {edges:?} {misses:?}");
        for (class, text) in &edges {
            assert!(
                matches(text) && (min..=max).contains(&text.len()),
                "{patterns:?} {class} {text:?}"
            );
        }
        for (class, text) in &misses {
            assert!(!matches(text), "{patterns:?} {class} {text:?}");
        }
    }
}

#[test]
fn texts_of_any_length_are_made_however_long() {
    for (pattern, lengths) in [
        ("^[a-z]+$", &[1, 255, 65_536, 1 << 20][..]),
        ("^([a-z]+-)*[0-9]{2,}$", &[2, 3, 1000, 65_536]),
        ("^(ab|cde)+$", &[2, 3, 7, 64]),
        ("x", &[1, 5000]),
    ] {
        let texts = Arc::new(texts(&[pattern], 0, 99).unwrap());
        for length in lengths {
            let text = Exact::new(&texts, *length).and_then(|exact| exact.text());
            let text = text.unwrap_or_else(|| panic!("{pattern} {length}"));
            assert!(text.len() == *length && texts.matches(&text), "{pattern} {length}");
        }
    }
    let even = Arc::new(texts(&["^(ab)+$"], 0, 99).unwrap());
    assert!(Exact::new(&even, 7).unwrap().text().is_none() && Exact::new(&even, 1).is_none());
}

#[test]
fn edges_are_one_choice_from_the_simplest() {
    let edges = texts(&["^[a-z]{2,3}(-[0-9]|x)?$"], 0, 9).unwrap().edges();
    let told: Vec<String> = edges.iter().map(|(class, text)| format!("{class}: {text}")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    simplest: aa
    the last of a class: za
    the last of a class: az
    one more: aaa
    the last of a class: aaz
    one more: aaa-0
    one more: aa-0
    another branch: aax
    the last of a class: aa-9
    ");
}

/// The real documents, where they are at hand.
#[test]
fn patterns_of_real_documents_can_be_drawn() {
    let shared = std::env::var("PHI_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    let Ok(folder) = std::fs::read_dir(format!("{shared}/specs/openapi")) else {
        println!("skipped: no documents in {shared}");
        return;
    };
    let mut all = std::collections::BTreeSet::new();
    for entry in folder {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        collect(&read::json(&text).unwrap(), &mut all);
    }
    let mut failed = Vec::new();
    for source in &all {
        let Ok(pattern) = Pattern::new(source) else {
            failed.push((source, "is not read"));
            continue;
        };
        let Some(texts) = Texts::new(&[Arc::new(pattern)], 0, 4096) else {
            failed.push((source, "gives nothing"));
            continue;
        };
        let judge = judge(source);
        for seed in 0..8 {
            let drawn = Source::random(Rng::new(seed)).run(|source| texts.draw(source));
            let Ok((text, _)) = drawn else {
                failed.push((source, "is not drawn"));
                break;
            };
            let instance = serde_json::Value::from(text.as_str().unwrap());
            assert!(
                judge.as_ref().is_none_or(|judge| judge.is_valid(&instance)),
                "{source}: {text}"
            );
            let mut items = Vec::new();
            if !texts.lift(&text, &mut items) {
                failed.push((source, "is not lifted"));
                break;
            }
            let again = Source::replay(&items).run(|source| texts.draw(source)).unwrap();
            assert_eq!(again.0, text, "{source}");
        }
    }
    let shown =
        failed.iter().map(|(source, why)| (source.chars().take(80).collect::<String>(), why));
    let shown: Vec<_> = shown.collect();
    println!("{} patterns, {} not drawn or lifted: {shown:?}", all.len(), failed.len());
    assert!(failed.len() * 100 <= all.len());
}

fn collect(value: &Value, all: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, all)),
        Value::Object(object) => {
            let pattern = object.get("pattern").and_then(Value::as_str);
            all.extend(pattern.map(str::to_owned));
            let keys = object.get("patternProperties").and_then(Value::as_object);
            all.extend(keys.into_iter().flat_map(Object::keys).map(|key| key.lossy().into_owned()));
            object.iter().for_each(|(_, member)| collect(member, all));
        }
        _ => {}
    }
}
