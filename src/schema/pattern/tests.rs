use super::*;

fn pattern(source: &str) -> Pattern {
    Pattern::new(source).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn matches(source: &str, text: &str) -> bool {
    let pattern = pattern(source);
    assert!(pattern.is_judged(), "{source} is not judged: {}", pattern.spelt_out());
    pattern.matches(&text.into())
}

#[test]
fn a_pattern_is_a_search() {
    assert!(matches("b", "abc"));
    assert!(!matches("^b", "abc"));
    assert!(!matches("^b$", "b\n"));
}

#[test]
fn classes_are_those_of_ecma_262() {
    assert!(!matches(r"^\d$", "١"));
    assert!(!matches(r"^\w$", "é"));
    assert!(matches(r"^\s$", "\u{FEFF}"));
    assert!(!matches("^.$", "\u{2028}"));
    assert!(matches("^.$", "😀"));
    assert!(matches(r"^\cA\x41\u0042\u{1F600}\ud83d\ude00$", "\u{1}AB😀😀"));
    assert!(matches(r"^\p{Letter}\P{Lu}$", "éé"));
    assert!(matches(r"a\bé", "aé") && !matches(r"a\b", "ab"));
}

#[test]
fn sloppy_patterns_are_read_as_annex_b_does() {
    assert!(matches(r"^[\w-.]+$", "a-."));
    assert!(matches(r"^[a-z0-9-_]+$", "a-_"));
    assert!(matches(r"^a{,2}$", "a{,2}"));
    assert!(matches(r"^{$", "{"));
    assert!(matches(r"^]\/\-\_$", "]/-_"));
    assert!(matches(r"^[&&~~a-]+$", "&~-a"));
    assert!(matches(r"^\101$", "A"));
    assert!(matches("^[^]$", "x") && Pattern::new("[]").unwrap().shortest().is_none());
}

#[test]
fn what_other_engines_share_is_read_as_they_mean_it() {
    assert!(matches(r"\Aa++b\z", "aab"));
    assert!(!matches(r"^a++a$", "aaa"));
    assert!(matches("(?i)^straße$", "STRAßE"));
    assert!(matches("^(?i:a[b-c])d$", "ACd") && !matches("^(?i:a)d$", "AD"));
    assert!(matches("^(?>a|ab)c$", "ac") && !matches("^(?>a|ab)c$", "abc"));
}

#[test]
fn look_around_and_references_are_judged() {
    assert!(matches(r"^(?=.*\d)(?!.*x)[a-z\d]+$", "a1") && !matches(r"^(?=.*\d)[a-z\d]+$", "ab"));
    assert!(matches(r"^(a|b)\1$", "aa") && !matches(r"^(a|b)\1$", "ab"));
    assert!(matches(r"^(?<x>a|b)\k<x>$", "bb") && !matches(r"^(?<x>a|b)\k<x>$", "ba"));
    assert!(matches(r"(?<=a)b", "ab") && !matches(r"(?<!a)b", "ab"));
}

#[test]
fn lone_surrogates_are_code_points() {
    let lone = Text::from_code_points([0xD800]);
    assert!(pattern(r"^[\ud800-\udbff]$").matches(&lone));
    assert!(pattern("^[^a]$").matches(&lone));
    assert!(!pattern(r"^\w$").matches(&lone));
}

#[test]
fn what_is_no_pattern_is_refused_with_its_place() {
    for (source, message) in [
        ("a(", "a group has no end at character 2"),
        ("*a", "nothing to repeat at character 0"),
        ("[b-a]", "a range of a class is out of order at character 4"),
        ("a)", "unmatched `)` at character 1"),
        (r"\a", "unknown escape `\\a` at character 1"),
        (r"\p{Nope}", "unknown property `Nope` at character 8"),
        ("a{2,1}", "a repeat's bounds are out of order at character 6"),
        ("[a", "a class has no end at character 2"),
        ("\\", "a lone backslash at the end at character 1"),
    ] {
        assert_eq!(Pattern::new(source).unwrap_err().to_string(), message, "{source}");
    }
    let deep = "(".repeat(5000);
    assert!(Pattern::new(&deep).is_err());
}

#[test]
fn lengths_are_those_of_whole_texts() {
    for (source, shortest, longest) in [
        ("^[a-z]{2,5}$", Some(2), 5),
        ("^a|bc$", Some(1), usize::MAX),
        ("^(ab|c)?d$", Some(1), 3),
        ("^$|^a{3}$", Some(0), 3),
        ("a^b", None, 0),
        ("x*^b$", Some(1), 1),
        ("^(^a$|b)$", Some(1), 1),
        ("", Some(0), usize::MAX),
    ] {
        let pattern = pattern(source);
        assert_eq!((pattern.shortest(), pattern.longest()), (shortest, longest), "{source}");
        assert!(pattern.is_exact(), "{source}");
    }
}

#[test]
fn a_class_escape_at_the_end_of_a_pattern_is_no_panic() {
    for source in [
        r"\x",
        r"\u",
        r"\c",
        r"\p",
        r"\p{",
        r"\k<",
        r"(?<",
        r"(?",
        r"a{",
        r"[\",
        r"\1",
        r"(?<a>)\k",
        r"\u{110000}",
    ] {
        let _ = Pattern::new(source);
    }
}

#[test]
fn patterns_too_large_for_the_engine_are_judged_by_length() {
    let long = pattern("^[^<>]{0,32768}$");
    assert!(long.matches(&"a".repeat(32_768).into()) && !long.matches(&"a".repeat(32_769).into()));
    assert!(!long.matches(&"<".into()));
    let letters = pattern(r"^\p{L}{3,2000}$");
    assert!(letters.matches(&"éab".into()) && !letters.matches(&"éa".into()));
    assert!(!pattern("^((a{1000}){1000}){1000}$").matches(&"aa".into()));
}
