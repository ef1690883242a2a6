//! Services of documents that tests write down in JSON.

use std::sync::Arc;

use super::json;
use crate::schema::Documents;
use crate::spec::{Service, openapi};

/// The service of a document's paths, in JSON.
pub(in crate::check) fn described(paths: &str) -> Service {
    let document =
        format!(r#"{{"openapi":"3.1.0","info":{{"title":"shop","version":"1"}},"paths":{paths}}}"#);
    let mut documents = Documents::new();
    let root = documents.add("shop.json", json(&document), None);
    openapi::read(&Arc::new(documents), &root).unwrap()
}

/// Notes that are made, read, replaced, changed, deleted and listed.
pub(in crate::check) fn notes() -> Service {
    let schema = r#"{"type":"object","properties":{
        "id":{"type":"integer","readOnly":true},"title":{"type":"string"},"text":{"type":"string"},
        "size":{"type":"number"},"done":{"type":"boolean"},"due":{"type":"string","format":"date-time"},
        "link":{"type":"string","format":"uri"},"tags":{"type":"array","items":{"type":"string"}},
        "state":{"type":"string","readOnly":true},"secret":{"type":"string","writeOnly":true},
        "place":{"type":"object","properties":{"city":{"type":"string"}}}}}"#;
    let content =
        |schema: &str| format!(r#""content":{{"application/json":{{"schema":{schema}}}}}"#);
    let (note, notes) =
        (content(schema), content(&format!(r#"{{"type":"array","items":{schema}}}"#)));
    let parameter = |name: &str, place: &str, kind: &str| {
        let required = place == "path";
        format!(
            r#""parameters":[{{"name":"{name}","in":"{place}","required":{required},
                               "schema":{{"type":"{kind}"}}}}]"#
        )
    };
    let gives = |status: u16, content: &str| {
        format!(r#""responses":{{"{status}":{{"description":"",{content}}}}}"#)
    };
    let nothing = r#""responses":{"204":{"description":""}}"#;
    let taken = format!(r#""requestBody":{{{note}}}"#);
    described(&format!(
        r#"{{"/notes":{{
              "post":{{{rehearsal},{taken},{made}}},
              "get":{{{listed}}}}},
            "/notes/{{id}}":{{{id},
              "get":{{{shown}}},"put":{{{taken},{shown}}},"patch":{{{taken},{shown}}},
              "delete":{{{nothing}}}}},
            "/notes/{{id}}/archive":{{{id},"post":{{{shown}}}}},
            "/notes/{{id}}/history":{{{id},"get":{{{shown}}}}},
            "/reset":{{"post":{{{nothing}}}}}}}"#,
        rehearsal = parameter("dry_run", "query", "boolean"),
        id = parameter("id", "path", "integer"),
        made = gives(201, &note),
        shown = gives(200, &note),
        listed = gives(200, &notes),
    ))
}
