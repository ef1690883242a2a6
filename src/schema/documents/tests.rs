use super::*;
use crate::value::read;

fn value(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap()
}

fn found(documents: &Documents, reference: &str) -> String {
    let root = Location { document: 0, pointer: Pointer::root() };
    let at = documents.resolve(&root, reference, Dialect::Draft2020).unwrap();
    documents.find(&at).unwrap().to_string()
}

#[test]
fn references_lead_over_documents_and_around_in_circles() {
    let mut documents = Documents::new();
    documents.add(
        "specs/a.yaml",
        value(r##"{"x/y %":{"$ref":"../shared/b.json#/z"},"r":{"$ref":"#/x~1y%20%25"}}"##),
        None,
    );
    assert_eq!(documents.wanted().as_deref(), Some("shared/b.json"));
    documents.add("shared/b.json", value(r#"{"z":{"k":{"$ref":"../specs/a.yaml"}}}"#), None);
    assert_eq!(documents.wanted(), None, "the circle is closed");
    assert_eq!(found(&documents, "#/x~1y%20%25"), r#"{"$ref":"../shared/b.json#/z"}"#);
    assert_eq!(
        found(&documents, "#/x~1y %/k"),
        r#"{"$ref":"../specs/a.yaml"}"#,
        "a pointer goes on behind a reference that stands in its way"
    );
}

#[test]
fn places_in_wide_objects_are_found_like_all_others() {
    use std::fmt::Write as _;

    let mut text = String::from("{\n\"few\": [{}, {\n");
    for n in 0..200 {
        let _ = writeln!(text, "\"k{}\": {{\"a\": [{n},\n1], \"$ref\": \"#/other\"}},", n % 150);
    }
    text.push_str("\"last\": 0}],\n\"other\": {\"b\": 7}}");
    let (value, lines) = (value(&text), Lines::of_json(text.as_bytes()));
    let mut documents = Documents::new();
    let root = documents.add("a.json", value.clone(), Some(lines));
    let at = |text: &str| Location { pointer: Pointer::parse(text).unwrap(), ..root.clone() };
    for n in 0..200 {
        let at = at(&format!("/few/1/k{n}/a/1"));
        assert_eq!(documents.find(&at), at.pointer.find(&value), "{n}");
        // Of a key that stands twice the last one.
        let row = if n < 50 { n + 150 } else { n };
        let line = if n < 150 { 4 + 2 * row } else { 2 };
        assert_eq!(documents.line(&at), Some(line), "{n}");
    }
    assert_eq!(documents.line(&at("/few/1/last")), Some(403));
    assert_eq!(documents.line(&at("/other/b")), Some(404));
    assert_eq!(found(&documents, "#/few/1/k7/b"), "7", "behind a reference");
}

#[test]
fn identifiers_and_anchors_name_places() {
    let mut documents = Documents::new();
    documents.add(
        "http://h/a.json",
        value(
            r#"{"$id":"http://h/s/root.json","$defs":{
                "A":{"$anchor":"one","type":"string"},
                "B":{"$id":"sub/b.json","$defs":{"C":{"$dynamicAnchor":"one"}}}},
                "enum":[{"$id":"sub/no.json"}]}"#,
        ),
        None,
    );
    assert_eq!(found(&documents, "#one"), r#"{"$anchor":"one","type":"string"}"#);
    assert_eq!(found(&documents, "sub/b.json#one"), r#"{"$dynamicAnchor":"one"}"#);
    assert_eq!(found(&documents, "http://h/s/sub/b.json#/$defs/C"), r#"{"$dynamicAnchor":"one"}"#);
    let root = Location { document: 0, pointer: Pointer::root() };
    assert!(documents.resolve(&root, "sub/no.json", Dialect::Draft2020).is_err());
}

#[test]
fn a_reference_to_nowhere_says_what_is_not_there() {
    let mut documents = Documents::new();
    let root = documents.add("a.json", value(r##"{"a":{"$ref":"#/a/b"}}"##), None);
    documents.refuse("http://x/y.json", "is on a host that was not named");
    let message = |reference: &str| {
        documents.resolve(&root, reference, Dialect::OpenApi30).unwrap_err().to_string()
    };
    insta::assert_snapshot!(message("#/no/where"), @"`#/no/where` leads nowhere: nothing stands at `/no/where`");
    insta::assert_snapshot!(message("http://x/y.json#/a"), @"`http://x/y.json#/a` leads to `http://x/y.json`, which is on a host that was not named");
    insta::assert_snapshot!(message("other.json"), @"`other.json` leads to `other.json`, which was not loaded");
    assert!(message("#/a/b").contains("nowhere"));
}
