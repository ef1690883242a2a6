use insta::assert_snapshot;

use super::*;
use crate::case::{Auth, Finding, Header, file};

const BASE: &str = "http://127.0.0.1:8080";

fn golden(name: &str) -> Finding {
    let path = format!("{}/tests/golden/v1/{name}.json", env!("CARGO_MANIFEST_DIR"));
    file::read(&std::fs::read(path).unwrap()).unwrap()
}

fn scripted(finding: &Finding) -> Script {
    let credentials = |auth: &Auth| match auth {
        Auth::Default => {
            vec![Header { name: "Authorization".to_owned(), value: "[secret:alice.bearer]".into() }]
        }
        _ => Vec::new(),
    };
    script(finding, &credentials).unwrap()
}

/// The same for every version of the tool.
fn plain(text: &str) -> String {
    text.replace(concat!("phi-fuzz/", env!("CARGO_PKG_VERSION")), "phi-fuzz/VERSION")
}

#[test]
fn a_history_becomes_lines_with_names_for_what_answers_give() {
    let script = scripted(&golden("history-used-after-delete"));
    let names: Vec<&str> = script.blanks.iter().map(|blank| blank.name.as_str()).collect();
    assert_eq!(names, ["N1", "S1_BODY_ID"]);
    assert_snapshot!(plain(&lines(&script, BASE)));
}

#[test]
fn a_history_becomes_an_http_file() {
    assert_snapshot!(plain(&http(&scripted(&golden("history-used-after-delete")), BASE)));
}

#[test]
fn a_history_becomes_a_hurl_file_with_captures_and_what_is_expected() {
    assert_snapshot!(plain(&hurl(&scripted(&golden("history-used-after-delete")), BASE)));
}

#[test]
fn a_finding_becomes_the_text_of_an_issue() {
    let finding = golden("call-at-a-boundary");
    assert_snapshot!(plain(&markdown(&finding, &scripted(&finding), BASE, "1f3a9c20")));
}

#[test]
fn every_golden_case_of_rest_can_be_said_elsewhere() {
    for name in [
        "bodies-of-every-kind",
        "call-with-every-perturbation",
        "call-with-parameters-everywhere",
        "cut-body",
        "history-of-every-symbol",
        "invalid-call",
        "malformed-call",
        "race-of-two-withdrawals",
        "race-with-skew",
    ] {
        let finding = golden(name);
        let Ok(script) = script(&finding, &|_| Vec::new()) else {
            // What is no REST call, or needs symbols where none can stand, is told as an error.
            continue;
        };
        assert_eq!(script.calls.len(), finding.case.calls().count(), "{name}");
        let texts = [lines(&script, BASE), http(&script, BASE), hurl(&script, BASE)];
        for text in texts {
            assert!(text.ends_with('\n') && text.starts_with("# "), "{name}: {text}");
            assert!(!text.contains('\u{1b}'), "{name}");
        }
    }
}

#[test]
fn no_text_of_a_service_leaves_its_comment_or_its_table() {
    let mut finding = golden("call-at-a-boundary");
    finding.why = "line\nrm -rf / | `x`".to_owned();
    let script = scripted(&finding);
    assert!(lines(&script, BASE).starts_with("# line rm -rf"));
    assert!(markdown(&finding, &script, BASE, "x").starts_with("## line rm -rf / \\| \\`x\\`\n"));
}
