use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::case::{Case, Label, Sent, Times};
use crate::value::read;

fn exchange(outcome: Outcome) -> Exchange {
    Exchange {
        call: "s1".to_owned(),
        operation: "POST /orders".to_owned(),
        label: Label::Valid,
        auth: Auth::Identity("alice".to_owned()),
        sent: Sent {
            method: "POST".to_owned(),
            target: "/orders?key=hunter22".to_owned(),
            headers: vec![
                Header { name: "Authorization".to_owned(), value: "Bearer hunter22".into() },
                Header { name: "X-Octets".to_owned(), value: Bytes::from_static(b"\x80") },
            ],
            body: "{}".into(),
            written: 120,
        },
        outcome,
        times: Times {
            begin: Duration::from_millis(3),
            connected: Duration::ZERO,
            sent: Some(Duration::from_nanos(1_500)),
            first_byte: None,
            end: Duration::from_secs(1),
            injected: Duration::ZERO,
        },
        http: HttpVersion::Http1,
        fresh_connection: true,
    }
}

fn history(outcome: Outcome) -> History {
    History {
        case: Arc::new(Case::default()),
        exchanges: vec![exchange(outcome)],
        unfinished: None,
    }
}

fn evidence(outcome: Outcome) -> Value {
    written(&Evidence::of(&history(outcome)))
}

fn written(evidence: &Evidence<'_>) -> Value {
    let redactor = Redactor::new([("alice", "hunter22")]);
    let folder = tempfile::tempdir().unwrap();
    let path = write_evidence(&folder.path().join("x-1.json"), evidence, &redactor).unwrap();
    assert!(path.ends_with("x-1.evidence.json"));
    read::json(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn everything_is_told_but_secrets() {
    let evidence = evidence(Outcome::Answered(Answer {
        status: 500,
        headers: vec![Header { name: "Server".to_owned(), value: "x".into() }],
        body: "hunter22 is wrong".into(),
        ending: Ending::Truncated,
        interim: vec![100],
        ..Answer::default()
    }));
    insta::assert_snapshot!(evidence, @r#"{"phi_fuzz_evidence":1,"exchanges":[{"call":"s1","operation":"POST /orders","label":"valid","auth":"alice","http":"1.1","connection":"fresh","sent":{"method":"POST","target":"/orders?key=[secret:alice]","headers":[["Authorization","Bearer [secret:alice]"],["X-Octets",{"$bytes":"gA=="}]],"body":{"text":"{}"},"octets_written":120},"answer":{"status":500,"interim":[100],"headers":[["Server","x"]],"body":{"text":"[secret:alice] is wrong"},"ending":"truncated"},"times":{"begin_us":3000,"connected_us":0,"sent_us":1,"first_byte_us":null,"end_us":1000000}}]}"#);
}

#[test]
fn controls_and_what_was_sent_further_are_told() {
    let further = [Arc::new(history(Outcome::Abandoned))];
    let evidence = written(&Evidence {
        further: &further,
        reproduced: Some(Reproduced { failed: 9, of: 10 }),
        control: Some(Reproduced { failed: 0, of: 10 }),
        ..Evidence::of(&history(Outcome::Abandoned))
    });
    let of = |name: &str| evidence.get(name).unwrap();
    assert_eq!(of("reproduced").to_string(), r#"{"failed":9,"of":10}"#);
    assert_eq!(of("control").to_string(), r#"{"failed":0,"of":10}"#);
    let one = &of("further").as_array().unwrap()[0];
    assert_eq!(one.get("exchanges"), evidence.get("exchanges"));
}

#[test]
fn bodies_are_capped_without_halving_a_character_or_a_secret() {
    let body = |octets: Vec<u8>| {
        let evidence = evidence(Outcome::TimedOut { received: octets.into() });
        let exchange = &evidence.get("exchanges").unwrap().as_array().unwrap()[0];
        exchange.get("timed_out").unwrap().get("received").unwrap().clone()
    };
    let mut text = "é".repeat(BODY_LIMIT / 2 - 1);
    text.push_str("xhunter22");
    let capped = body(text.clone().into_bytes());
    assert!(!capped.get("text").unwrap().as_str().unwrap().contains("hun"));
    assert_eq!(capped.get("octets").unwrap().as_i64(), Some(text.len() as i64));
    let capped = body(format!("x{}", "é".repeat(BODY_LIMIT)).into_bytes());
    assert_eq!(capped.get("text").unwrap().as_str().unwrap().len(), BODY_LIMIT - 1);
    let capped = body(vec![0xFF; BODY_LIMIT + 3]);
    let kept = BASE64.decode(capped.get("base64").unwrap().as_str().unwrap()).unwrap();
    assert_eq!(kept, vec![0xFF; BODY_LIMIT]);
    let whole = body(b"short".to_vec());
    assert_eq!(whole.to_string(), r#"{"text":"short"}"#);
}

#[test]
fn every_outcome_is_told_apart() {
    let received = Bytes::from_static(b"HTT");
    let outcomes = [
        Outcome::Dropped {
            received: received.clone(),
            interim: vec![103],
            reset: true,
            code: Some(2),
        },
        Outcome::Garbage { received, reason: "no status line".to_owned() },
        Outcome::Unreachable { reason: "connection refused".to_owned() },
        Outcome::Abandoned,
    ];
    let told = outcomes.map(|outcome| {
        let evidence = evidence(outcome);
        let exchange = evidence.get("exchanges").unwrap().as_array().unwrap()[0].clone();
        let (key, value) = exchange.as_object().unwrap().iter().nth(7).unwrap().clone();
        format!("{key}: {value}")
    });
    insta::assert_snapshot!(told.join("\n"), @r#"
    dropped: {"by":"reset","code":2,"interim":[103],"received":{"text":"HTT"}}
    garbage: {"reason":"no status line","received":{"text":"HTT"}}
    unreachable: {"reason":"connection refused"}
    abandoned: true
    "#);
}
