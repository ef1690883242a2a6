//! What is odd and right about things with a history, in both shops.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::client::{Answer, anonymous, get, post, request, send};
use super::conformance::Promises;
use super::oddities::both;
use super::{history, shop};
use crate::demo::{GUEST, Shop, faults};

/// Where callers make things.
const COLLECTIONS: [&str; 17] = [
    "/wishlists",
    "/accounts",
    "/boxes",
    "/profiles",
    "/playlists",
    "/diaries",
    "/drafts",
    "/boards",
    "/documents",
    "/parcels",
    "/contacts",
    "/labels",
    "/reminders",
    "/jobs",
    "/bookmarks",
    "/articles",
    "/lockers",
];

const JSON: &str = "Content-Type: application/json\r\n";

fn write(addr: SocketAddr, method: &str, target: &str, body: &Value) -> Answer {
    send(addr, &request(method, target, JSON, &body.to_string())).answer()
}

fn delete(addr: SocketAddr, target: &str) -> Answer {
    send(addr, &request("DELETE", target, "", "")).answer()
}

/// The path of a new thing, made of nothing.
fn new(addr: SocketAddr, collection: &str) -> String {
    path(collection, &post(addr, collection, &json!({})))
}

fn path(collection: &str, made: &Answer) -> String {
    let id = &made.json()["id"];
    format!("{collection}/{}", id.as_str().map_or_else(|| id.to_string(), str::to_owned))
}

fn listed(addr: SocketAddr, target: &str) -> usize {
    get(addr, target).json()["items"].as_array().unwrap().len()
}

/// Whatever is done to a thing, each twice, is answered as the document promises.
#[test]
fn every_answer_is_as_promised() {
    for healthy in [false, true] {
        let (shop, promises) = (shop(4, healthy), Promises::of(4));
        // An account that was stopped shows a fault where there is one.
        for collection in COLLECTIONS.into_iter().filter(|path| healthy || *path != "/accounts") {
            let mut steps = Vec::new();
            for (call, operation) in promises.operations() {
                let path = call.split_once(' ').unwrap().1;
                let item =
                    path.strip_prefix(collection).and_then(|rest| rest.strip_prefix("/{id}"));
                // What is nested deeper is called by more than one id.
                let nested = item.is_some_and(|rest| rest.contains('{'));
                if path != collection && item.is_none() || nested {
                    continue;
                }
                let mut step = json!({ "id": format!("s{}", steps.len() + 1), "call": call });
                if item.is_some() {
                    step["path"] = json!({ "id": { "$from": "s1/body/id" } });
                }
                let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
                if !schema.is_null() {
                    let required = schema["required"].as_array().into_iter().flatten();
                    let fresh = json!({ "$fresh": "n1" });
                    step["json"] =
                        required.map(|name| (name.as_str().unwrap(), fresh.clone())).collect();
                }
                // What makes a thing has no twin: the handle of a contact is taken.
                let twice = item.is_some();
                steps.extend(twice.then(|| step.clone()));
                steps.push(step);
            }
            assert!(steps.len() > 2, "{collection}: {steps:?}");
            let failures = history::by_one_call(&shop, &promises, &steps);
            assert!(failures.is_empty(), "{steps:?}: {failures:?}");
        }
    }
}

#[test]
fn a_card_is_shown_on_its_own_board_alone() {
    both(|addr| {
        let (board, other) = (new(addr, "/boards"), new(addr, "/boards"));
        let card = post(addr, &format!("{board}/cards"), &json!({ "text": "a" })).json();
        let shown = get(addr, &format!("{board}/cards/{}", card["id"]));
        assert_eq!((shown.status, shown.json()), (200, card.clone()));
        assert_eq!(get(addr, &format!("{other}/cards/{}", card["id"])).status, 404);
    });
}

#[test]
fn a_deleted_reminder_says_so() {
    both(|addr| {
        let reminder = new(addr, "/reminders");
        assert_eq!(get(addr, &reminder).json()["state"], "open");
        for _ in 0..2 {
            let deleted = delete(addr, &reminder);
            assert_eq!((deleted.status, &deleted.json()["state"]), (200, &json!("deleted")));
        }
        let read = get(addr, &reminder);
        assert_eq!((read.status, &read.json()["state"]), (200, &json!("deleted")));
        assert_eq!(listed(addr, "/reminders"), 0);
        assert_eq!(listed(addr, "/reminders?deleted=true"), 1);
    });
}

#[test]
fn a_list_ends_where_its_page_does() {
    both(|addr| {
        let reminders: Vec<String> = (0..21).map(|_| new(addr, "/reminders")).collect();
        let list = get(addr, "/reminders").json();
        assert_eq!((list["items"].as_array().unwrap().len(), &list["total"]), (20, &json!(21)));
        assert_eq!(get(addr, &reminders[20]).status, 200);
    });
}

#[test]
fn a_job_is_seen_later_and_done_after_that() {
    both(|addr| {
        let job = post(addr, "/jobs", &json!({ "kind": "index" }));
        assert_eq!((job.status, &job.json()["state"]), (202, &json!("queued")));
        let job = job.header("location").unwrap().to_owned();
        let looks: Vec<Answer> = (0..4).map(|_| get(addr, &job)).collect();
        // A slow machine sees it earlier, never later.
        assert!(looks[..2].iter().all(|look| [404, 200].contains(&look.status)));
        assert_eq!((looks[2].status, looks[3].status), (200, 200));
        assert_eq!(looks[3].json()["state"], "done");
    });
}

#[test]
fn writes_are_counted_and_dated_even_where_they_change_nothing() {
    both(|addr| {
        let sent = json!({
            "title": " Lamps ", "tag": "\tWISH ", "id": 7, "version": 99, "updated_at": "now",
        });
        let made = post(addr, "/bookmarks", &sent);
        let bookmark = path("/bookmarks", &made);
        let mut versions = vec![made.json()];
        for _ in 0..2 {
            versions.push(write(addr, "PUT", &bookmark, &sent).json());
        }
        assert_eq!(versions[2], get(addr, &bookmark).json());
        for (version, shown) in (1..).zip(&versions) {
            assert_eq!([&shown["title"], &shown["tag"]], ["Lamps", "wish"]);
            assert_eq!((&shown["version"], &shown["archived"]), (&json!(version), &json!(false)));
            assert_eq!(shown["id"], versions[0]["id"]);
        }
        assert_ne!(versions[1]["updated_at"], versions[2]["updated_at"]);
    });
}

#[test]
fn what_is_in_the_archive_is_listed_where_asked_for() {
    both(|addr| {
        let shown = new(addr, "/bookmarks");
        post(addr, "/bookmarks", &json!({ "archived": true }));
        assert_eq!(listed(addr, "/bookmarks"), 1);
        assert_eq!(listed(addr, "/bookmarks?archived=true"), 1);
        (0..60).for_each(|_| drop(new(addr, "/bookmarks")));
        assert_eq!(listed(addr, "/bookmarks"), 20);
        assert_eq!(listed(addr, "/bookmarks?limit=1000"), 50);
        assert_eq!(listed(addr, "/bookmarks?limit=50&offset=50"), 11);
        let last = get(addr, "/bookmarks?offset=60").json();
        assert_eq!(path("/bookmarks", &get(addr, &shown)), shown);
        assert_eq!(last["items"][0], get(addr, &shown).json());
    });
}

#[test]
fn deleting_twice_is_well_or_404() {
    both(|addr| {
        for (collection, again) in [("/bookmarks", 204), ("/wishlists", 404), ("/drafts", 404)] {
            let thing = new(addr, collection);
            assert_eq!([204, again], [0; 2].map(|_| delete(addr, &thing).status), "{collection}");
            assert_eq!(get(addr, &thing).status, 404, "{collection}");
        }
    });
}

#[test]
fn a_setting_is_made_and_then_replaced() {
    both(|addr| {
        assert_eq!(get(addr, "/settings/theme").status, 404);
        for (value, status) in [("dark", 201), ("light", 200), ("light", 200)] {
            let put = write(addr, "PUT", "/settings/theme", &json!({ "value": value }));
            let expected = json!({ "name": "theme", "value": value });
            assert_eq!((put.status, put.json()), (status, expected.clone()));
            assert_eq!(get(addr, "/settings/theme").json(), expected);
        }
    });
}

#[test]
fn everybody_reads_an_article_and_each_reading_counts() {
    both(|addr| {
        let made = post(addr, "/articles", &json!({ "title": "Lamps" }));
        assert_eq!((made.status, &made.json()["views"]), (201, &json!(0)));
        let article = made.header("location").unwrap().to_owned();
        let guest = format!("Authorization: Bearer {GUEST}\r\n");
        for (views, headers) in (1..).zip(["", &guest]) {
            let read = send(addr, &anonymous("GET", &article, headers, "")).answer();
            assert_eq!((read.status, &read.json()["views"]), (200, &json!(views)));
        }
        assert_eq!(send(addr, &anonymous("POST", "/articles", JSON, "{}")).answer().status, 401);
    });
}

#[test]
fn an_article_is_listed_a_moment_later() {
    both(|addr| {
        post(addr, "/articles", &json!({}));
        let looks: Vec<usize> =
            (0..3).map(|_| get(addr, "/articles").json().as_array().unwrap().len()).collect();
        assert_eq!(looks[2], 1, "{looks:?}");
    });
}

#[test]
fn what_is_refused_counts_as_an_attempt_and_changes_nothing_else() {
    both(|addr| {
        let locker = new(addr, "/lockers");
        assert_eq!(write(addr, "PATCH", &locker, &json!({ "note": "a" })).status, 200);
        assert_eq!(write(addr, "PATCH", &locker, &json!({ "note": 1 })).status, 400);
        let read = get(addr, &locker).json();
        assert_eq!((&read["attempts"], &read["note"]), (&json!(1), &json!("a")));
    });
}

#[test]
fn what_one_caller_keeps_is_not_there_for_the_other() {
    both(|addr| {
        let guest = format!("Authorization: Bearer {GUEST}\r\n{JSON}");
        for (own, write) in [("/diaries", true), ("/drafts", false)] {
            let made = send(addr, &anonymous("POST", own, &guest, "{}")).answer();
            assert_eq!(made.status, 201);
            let thing = path(own, &made);
            assert_eq!(send(addr, &anonymous("GET", &thing, &guest, "")).answer().status, 200);
            assert_eq!(send(addr, &anonymous("GET", &thing, "", "")).answer().status, 401);
            let other = if write { ("PUT", "{}") } else { ("GET", "") };
            let other = send(addr, &request(other.0, &thing, JSON, other.1)).answer();
            assert_eq!(other.status, 404, "{own}");
        }
    });
}

#[test]
fn states_are_looked_at_before_anything_is_done() {
    let case =
        faults(&Shop::default()).into_iter().find(|fault| fault.name == "suspended").unwrap();
    let verb = |step: usize| {
        let call = case.case["steps"][step]["call"].as_str().unwrap();
        call.rsplit('/').next().unwrap().to_owned()
    };
    both(|addr| {
        let account = new(addr, "/accounts");
        let does = |verb: &str| post(addr, &format!("{account}/{verb}"), &json!({})).status;
        assert_eq!([does("charges"), does(&verb(2))], [201, 409]);
        assert_eq!([does(&verb(1)), does(&verb(1)), does("charges")], [200, 409, 409]);
        assert_eq!(does(&verb(2)), 200);
    });
}

#[test]
fn a_handle_belongs_to_one_contact() {
    both(|addr| {
        let handle = json!({ "handle": "ada" });
        assert_eq!(post(addr, "/contacts", &handle).status, 201);
        assert_eq!(post(addr, "/contacts", &handle).status, 409);
    });
}
