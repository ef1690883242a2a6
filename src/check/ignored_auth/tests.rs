//! Each test is named by the rule of silence, or of failure, that it shows.

use super::super::fixture::{Promises, Said, failures, history, operation, service};
use super::super::{Fingerprint, Surroundings};
use super::*;

fn shop(name: &str) -> Service {
    let mut service = service(vec![operation(name).secured(&[&["token"]])]);
    service.schemes.push(Scheme { name: "token".to_owned(), kind: SchemeKind::Bearer });
    service
}

const ME: &str = r#"{"id":7,"name":"alice","seen":"10:00:00"}"#;
const ME_LATER: &str = r#"{"id":7,"name":"alice","seen":"10:00:01"}"#;

fn get(status: u16, body: &str) -> Said {
    Said::answer("GET /me", status).json(body)
}

fn alice(body: &str) -> Said {
    get(200, body).sending("Authorization", "Bearer x")
}

fn bare(status: u16, body: &str) -> Said {
    get(status, body).exchange(|e| e.auth = Auth::None)
}

fn bad(status: u16, body: &str) -> Said {
    alice(body).exchange(|e| {
        e.auth = Auth::Invalid;
        if let crate::case::Outcome::Answered(answer) = &mut e.outcome {
            answer.status = status;
        }
    })
}

fn judge(first: Said, further: &[Said]) -> Vec<Failure> {
    let surroundings = Surroundings::default();
    failures(&IgnoredAuth, &shop("GET /me"), &surroundings, &[first], further)
}

#[test]
fn an_anonymous_caller_who_gets_the_same_content_fails() {
    let found = judge(alice(ME), &[alice(ME_LATER), bare(200, ME_LATER), bad(200, ME)]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].outcome.as_str(), found[0].further), ("anonymous", Some(1)));
    insta::assert_snapshot!(found[0].why, @"GET /me answers 200 without credentials, with the content that authorised callers get; the document requires token");
}

#[test]
fn invalid_credentials_that_are_taken_fail() {
    let found = judge(alice(ME), &[alice(ME_LATER), bare(401, "{}"), bad(200, ME_LATER)]);
    assert_eq!((found[0].outcome.as_str(), found[0].further), ("invalid", Some(2)));
}

#[test]
fn a_bare_call_is_judged_as_the_case_in_question_against_authorised_ones() {
    let found = judge(bare(200, ME), &[alice(ME), alice(ME_LATER)]);
    assert_eq!((found.len(), found[0].further, found[0].at.as_str()), (1, None, "s1"));
    let found = judge(bad(200, ME), &[alice(ME), alice(ME_LATER)]);
    assert_eq!((found[0].outcome.as_str(), found[0].further), ("invalid", None));
    for refused in [bare(401, "{}"), bare(200, r#"{"login":"/login"}"#)] {
        assert_eq!(judge(refused, &[alice(ME), alice(ME_LATER)]), []);
    }
}

#[test]
fn a_bare_call_asks_for_two_authorised_ones_only_where_it_is_served() {
    let asked = |said: Said| {
        let surroundings = Surroundings::default();
        let (service, history) = (shop("GET /me"), history(&[said]));
        IgnoredAuth.follow_ups(&View::new(&service, &history, &surroundings))
    };
    let auths = |asked: &[FollowUp]| -> Vec<Auth> {
        asked.iter().flat_map(|f| f.case.calls()).map(|call| call.auth.clone()).collect()
    };
    let served = asked(bare(200, ME).call(|call| call.auth = Auth::None));
    assert_eq!(auths(&served), [Auth::Default, Auth::Default]);
    assert!(asked(bare(401, "{}").call(|call| call.auth = Auth::None)).is_empty());
}

#[test]
fn a_bare_call_that_is_served_says_nothing_without_an_authorised_one() {
    let lacks = |said: Said, first: Said| {
        let surroundings = Surroundings::default();
        let (service, history) = (shop("GET /me"), history(&[said]));
        let first = Arc::new(super::super::fixture::history(&[first]));
        IgnoredAuth.lacks(&View::new(&service, &history, &surroundings), &[first])
    };
    let anonymous = get(200, ME);
    assert!(lacks(bare(200, ME), anonymous).is_some_and(|why| why.contains("--auth")));
    assert_eq!(lacks(bare(200, ME), alice(ME)), None);
    assert_eq!(lacks(bare(401, "{}"), get(200, ME)), None, "it is refused, as it should be");
}

#[test]
fn silent_when_both_are_refused() {
    for status in [401, 403, 404, 302, 500] {
        assert_eq!(judge(alice(ME), &[alice(ME), bare(status, ME), bad(status, ME)]), []);
    }
}

#[test]
fn silent_when_the_content_differs() {
    for other in
        [r#"{"id":0,"name":"guest","seen":"10:00:02"}"#, "{}", "[]", r#"{"login":"/login"}"#]
    {
        assert_eq!(judge(alice(ME), &[alice(ME_LATER), bare(200, other), bad(401, "{}")]), []);
    }
}

#[test]
fn silent_when_a_read_has_no_content_to_speak_of() {
    for empty in ["[]", "{}", "{\"items\":[]}", "null"] {
        assert_eq!(judge(alice(empty), &[alice(empty), bare(200, empty), bad(200, empty)]), []);
    }
    let (first, again) = ("{\"at\":1}", "{\"at\":2}");
    assert_eq!(judge(alice(first), &[alice(again), bare(200, first), bad(200, first)]), []);
}

#[test]
fn silent_for_public_and_cached_content() {
    for (name, value) in
        [("Cache-Control", "public, max-age=60"), ("Age", "12"), ("X-Cache", "HIT")]
    {
        let cached = bare(200, ME).header(name, value);
        assert_eq!(judge(alice(ME), &[alice(ME), cached, bad(401, "{}")]), [], "{name}");
    }
}

#[test]
fn silent_behind_a_catch_all_page() {
    let page = |said: Said| said.header("content-type", "text/html").body("<p>app</p>");
    let get = || page(Said::answer("GET /me", 200));
    let first = get().sending("Authorization", "Bearer x");
    let gateway = Fingerprint::learn(&get().exchange);
    let surroundings = Surroundings { gateway, ..Surroundings::default() };
    let further = [first.clone(), get().exchange(|e| e.auth = Auth::None), first.clone()];
    let found = failures(&IgnoredAuth, &shop("GET /me"), &surroundings, &[first], &further);
    assert_eq!(found, []);
}

#[test]
fn not_asked_where_credentials_are_optional_or_were_not_sent() {
    let asks = |service: &Service, said: Said| {
        let surroundings = Surroundings::default();
        let history = history(&[said]);
        let view = View::new(service, &history, &surroundings);
        !IgnoredAuth.follow_ups(&view).is_empty()
    };
    assert!(asks(&shop("GET /me"), alice(ME)));
    assert!(!asks(&shop("GET /me"), get(200, ME)), "no credentials");
    assert!(!asks(&shop("GET /me"), alice("[]")), "a later answer may tell more");
    assert!(!asks(&shop("GET /me"), alice(ME).label(Label::Invalid)));
    let mut optional = shop("GET /me");
    optional.operations[0].security.push(Vec::new());
    assert!(!asks(&optional, alice(ME)));
    let mut open = shop("GET /me");
    open.operations[0].security.clear();
    assert!(!asks(&open, alice(ME)));
}

#[test]
fn silent_when_the_bare_call_still_carries_credentials() {
    let still = bare(200, ME).sending("authorization", "Bearer x");
    assert_eq!(judge(alice(ME), &[alice(ME), still, bad(401, "{}")]), []);
}

#[test]
fn a_write_that_is_done_for_anybody_fails_though_it_says_nothing() {
    let delete = || Said::answer("DELETE /me", 204);
    let first = delete().sending("Authorization", "Bearer x");
    let anonymous = delete().exchange(|e| e.auth = Auth::None);
    let refused = Said::answer("DELETE /me", 401);
    let judge = |further: &[Said]| {
        let surroundings = Surroundings::default();
        failures(
            &IgnoredAuth,
            &shop("DELETE /me"),
            &surroundings,
            std::slice::from_ref(&first),
            further,
        )
    };
    assert_eq!(judge(&[first.clone(), anonymous, refused.clone()]).len(), 1);
    assert_eq!(judge(&[first.clone(), refused.clone(), refused]), []);
}

#[test]
fn the_bare_calls_lose_credentials_cookies_and_keys() {
    let mut service = shop("GET /me");
    let kind = SchemeKind::ApiKey { place: ApiKeyPlace::Query, name: "key".to_owned() };
    service.schemes.push(Scheme { name: "key".to_owned(), kind });
    let said = alice(ME).call(|call| {
        call.query = vec![("key".to_owned(), "x".into()), ("q".to_owned(), "y".into())];
        call.cookies = vec![("session".to_owned(), "z".into())];
    });
    let surroundings = Surroundings::default();
    let history = history(&[said]);
    let view = View::new(&service, &history, &surroundings);
    let asked = IgnoredAuth.follow_ups(&view);
    let calls: Vec<&Call> = asked.iter().filter_map(|f| f.case.calls().last()).collect();
    assert_eq!(calls[0].auth, Auth::Default);
    for (call, auth) in [(calls[1], Auth::None), (calls[2], Auth::Invalid)] {
        assert_eq!(call.auth, auth);
        assert!(call.cookies.is_empty());
        assert_eq!(call.query.len(), 1);
        assert_eq!((call.label, &call.deviations[..]), (Label::Valid, &[][..]));
    }
    assert!(asked.iter().all(|f| f.fresh_connection));
}

#[test]
fn a_bare_call_says_what_it_lacks_of_what_the_document_requires() {
    let mut service = shop("GET /me");
    let required = operation("GET /me").secured(&[&["key"]]).takes(
        crate::spec::Location::Query,
        "key",
        true,
        "{}",
    );
    let kind = SchemeKind::ApiKey { place: ApiKeyPlace::Query, name: "key".to_owned() };
    service.operations = vec![required];
    service.schemes = vec![Scheme { name: "key".to_owned(), kind }];
    let said = get(200, ME).target("/me?key=x");
    let said = said.call(|call| call.query = vec![("key".to_owned(), "x".into())]);
    let surroundings = Surroundings::default();
    let history = history(&[said]);
    let asked = IgnoredAuth.follow_ups(&View::new(&service, &history, &surroundings));
    let bare = asked[1].case.calls().last().unwrap();
    assert_eq!(bare.label, Label::Invalid);
    assert_eq!(bare.deviations, [Deviation::schema("required", "query/key")]);
}
