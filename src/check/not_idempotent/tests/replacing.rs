//! `PUT` once more.

use super::*;

#[test]
fn a_put_that_adds_to_a_list_fails() {
    let found = judge(&put(r#"{"tags":[""]}"#), appends);
    assert_eq!(outcomes(&found), [("changed the second time", "json/tags")]);
    assert_eq!((&*found[0].at, found[0].severity), ("s2", Severity::Error));
    insta::assert_snapshot!(found[0].why, @r#"PUT /notes/{id} twice with json/tags [""] leaves ["",""], where once left [""]; PUT is to be idempotent"#);
    let twice =
        format!("{},{}", put(r#"{"tags":["a"]}"#).replace("s2", "s0"), put(r#"{"tags":["b"]}"#));
    assert_eq!(judge(&twice, appends).len(), 1);
}

#[test]
fn a_put_that_adds_to_a_number_or_a_text_fails() {
    let found = judge(&put(r#"{"size":2,"title":"x"}"#), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let title = format!("a{}", "x".repeat(shelf.puts));
        shelf.set(asked, "title", Value::text(title));
        let size = 1 + 2 * shelf.puts as i64;
        shelf.set(asked, "size", Value::int(size));
        Some(answer(200, "{}"))
    });
    let changed = "changed the second time";
    assert_eq!(outcomes(&found), [(changed, "json/size"), (changed, "json/title")]);
}

#[test]
fn a_put_that_loses_what_it_gave_fails() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        let second = asked.method == "PUT" && shelf.puts > 1;
        second.then(|| {
            shelf.set(asked, "title", Value::Null);
            answer(200, "{}")
        })
    });
    insta::assert_snapshot!(found[0].why, @r#"PUT /notes/{id} twice with json/title "x" leaves null, where once left "x"; PUT is to be idempotent"#);
}

#[test]
fn a_put_that_is_not_found_the_second_time_fails() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        (asked.method == "PUT" && shelf.puts > 1).then(|| answer(404, "{}"))
    });
    assert_eq!(outcomes(&found), [("404 the second time", "")]);
    insta::assert_snapshot!(found[0].why, @"PUT /notes/{id} answers 200, and 404 the second time, while what it put there is shown; PUT is to be idempotent");
}

#[test]
fn silent_when_the_second_put_leaves_what_the_first_did() {
    assert_eq!(judge(&put(r#"{"title":"x","tags":["b","a"]}"#), |_, _| None), []);
    // In another order, with new ids, and what the PUT does not give.
    let found = judge(&put(r#"{"tags":["b","a"],"place":{"city":"a"}}"#), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let tags = if shelf.puts > 1 { r#"["a","b"]"# } else { r#"["b","a"]"# };
        shelf.set(asked, "tags", json(tags));
        let puts = shelf.puts;
        shelf.set(asked, "place", json(&format!(r#"{{"city":"a","id":{puts}}}"#)));
        shelf.set(asked, "version", Value::int(puts as i64));
        shelf.set(asked, "updated_at", Value::text(format!("2024-01-01T00:00:0{puts}Z")));
        Some(answer(200, "{}"))
    });
    assert_eq!(found, []);
}

#[test]
fn silent_for_members_that_the_service_owns_though_the_put_gives_them() {
    let given = r#"{"size":1,"due":"2020-01-01T00:00:00Z","title":"x"}"#;
    let found = judge(&put(given), |shelf, asked| {
        if asked.method != "PUT" {
            return None;
        }
        let puts = shelf.puts;
        shelf.set(asked, "size", Value::int(puts as i64 + 1));
        shelf.set(asked, "due", Value::text(format!("2024-01-01T00:00:0{puts}Z")));
        shelf.set(asked, "title", Value::text(format!("revision {puts}")));
        Some(answer(200, "{}"))
    });
    assert_eq!(found, []);
}

#[test]
fn silent_for_members_that_change_by_themselves() {
    let found = judge(&put(r#"{"title":"x"}"#), |shelf, asked| {
        if asked.method == "GET" && asked.depth() == 2 {
            let title = if shelf.reads == 1 { "x" } else { "y" };
            shelf.set(asked, "title", title.into());
        }
        None
    });
    assert_eq!(found, []);
}

#[test]
fn silent_when_the_put_is_not_done_or_refused_the_second_time() {
    let judge = |first: (u16, &'static str), second: u16| {
        judge(&put(r#"{"tags":["a"]}"#), move |shelf, asked| {
            appends(shelf, asked)?;
            let (status, body) = if shelf.puts > 1 { (second, "{}") } else { first };
            Some(answer(status, body))
        })
    };
    assert_eq!(judge((200, "{}"), 200).len(), 1);
    for first in [(202, "{}"), (207, "{}"), (400, "{}"), (200, r#"{"ok":false}"#)] {
        assert_eq!(judge(first, 200), [], "{first:?}");
    }
    for second in [400, 409, 412, 428, 429, 500, 503] {
        assert_eq!(judge((200, "{}"), second), [], "{second}");
    }
}

#[test]
fn silent_when_a_look_is_refused() {
    let refuses: Act = |shelf, asked| match (&*asked.method, shelf.reads) {
        ("GET", 2 | 5) => Some(answer(429, "{}")),
        _ => appends(shelf, asked),
    };
    assert_eq!(judge(&put(r#"{"tags":["a"]}"#), refuses), []);
}
