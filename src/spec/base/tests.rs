use std::sync::Arc;

use super::*;
use crate::schema::Documents;
use crate::spec::openapi;
use crate::value::read;

fn service(servers: &str, paths: &[&str]) -> Service {
    let answers =
        r#"{"get":{"responses":{"200":{"description":"","content":{"application/json":{}}}}}}"#;
    let paths: Vec<String> = paths.iter().map(|path| format!("{path:?}:{answers}")).collect();
    let text = format!(
        r#"{{"openapi":"3.0.0","info":{{"title":"t"}},"servers":{servers},"paths":{{{}}}}}"#,
        paths.join(",")
    );
    let (documents, root) = Documents::single(read::json(text.as_bytes()).unwrap());
    openapi::read(&Arc::new(documents), &root).unwrap()
}

fn bases(service: &Service, document: &str, url: Option<&str>) -> Vec<String> {
    candidates(service, document, url).bases
}

fn answer(status: u16, media_type: &str) -> Answer {
    (status > 0).then(|| (status, Some(media_type.to_owned())))
}

fn ok(status: u16) -> Answer {
    answer(status, "application/json; charset=utf-8")
}

fn page(status: u16) -> Answer {
    answer(status, "text/html")
}

/// Each candidate's answers to a path that is not there, and to the probes.
fn chosen<const N: usize>(
    service: &Service,
    bases: &[String],
    answers: [(Answer, Vec<Answer>); N],
) -> Choice {
    let answers = answers.map(|(nowhere, probes)| Answers { nowhere, probes });
    choose(&probes(service), bases, &answers).unwrap()
}

#[test]
fn an_origin_takes_the_base_that_the_document_names() {
    let service = service(r#"[{"url":"https://prod.example/shop/v2/"}]"#, &["/orders"]);
    assert_eq!(
        bases(&service, "shop.yaml", Some("http://localhost:8080/")),
        ["http://localhost:8080/shop/v2", "http://localhost:8080"]
    );
}

#[test]
fn a_service_under_api_is_found_although_no_server_is_named() {
    let service = service("[]", &["/orders", "/users"]);
    let bases = bases(&service, "shop.yaml", Some("http://h"));
    assert_eq!(bases[..2], ["http://h", "http://h/api"]);
    let answers: Vec<Answers> = bases
        .iter()
        .map(|base| vec![if base.ends_with("/api") { ok(200) } else { page(404) }; 2])
        .map(|probes| Answers { nowhere: page(404), probes })
        .collect();
    let choice = choose(&probes(&service), &bases, &answers).unwrap();
    assert_eq!(choice.base, "http://h/api");
    insta::assert_snapshot!(choice.why, @"it answers as the document says: GET /orders 200, GET /users 200; under http://h: GET /orders 404, GET /users 404");
}

#[test]
fn paths_that_already_hold_the_api_of_the_url_are_not_doubled() {
    let service = service("[]", &["/api/orders", "/api/users", "/health"]);
    let bases = bases(&service, "shop.yaml", Some("http://h/api/"));
    assert_eq!(bases, ["http://h", "http://h/api"]);
    let (found, lost) = ((page(404), vec![ok(200); 3]), (page(404), vec![page(404); 3]));
    assert_eq!(chosen(&service, &bases, [found.clone(), lost.clone()]).base, "http://h");
    // A service that was moved below for good is found there.
    assert_eq!(chosen(&service, &bases, [lost, found]).base, "http://h/api");
}

#[test]
fn a_base_in_the_url_counts_more_than_that_of_the_document() {
    let service = service(r#"[{"url":"/v1"}]"#, &["/orders"]);
    assert_eq!(
        bases(&service, "shop.yaml", Some("http://h/gateway/shop")),
        ["http://h/gateway/shop", "http://h/gateway/shop/v1", "http://h/v1", "http://h"]
    );
}

#[test]
fn without_a_url_only_the_documents_own_host_and_this_machine_are_tried() {
    let servers = r#"[{"url":"https://prod.example/v1"},{"url":"http://localhost:3000/v1"}]"#;
    let service = service(servers, &["/orders"]);
    let file = candidates(&service, "shop.yaml", None);
    assert_eq!(file.bases, ["http://localhost:3000/v1"]);
    assert_eq!(file.foreign, ["https://prod.example/v1"]);
    let home = candidates(&service, "http://staging:80/docs/openapi.json", None);
    assert_eq!(home.bases, ["http://staging/v1", "http://staging", "http://staging/docs"]);
    assert_eq!(home.foreign, ["https://prod.example/v1", "http://localhost:3000/v1"]);
}

#[test]
fn a_front_end_that_answers_everything_with_a_page_is_not_taken() {
    let service = service("[]", &["/orders"]);
    let bases = ["http://h".to_owned(), "http://h/api".to_owned()];
    let front = (page(200), vec![page(200)]);
    let choice = chosen(&service, &bases, [front.clone(), (ok(401), vec![ok(401)])]);
    assert_eq!(choice.base, "http://h/api");
    let choice = chosen(&service, &bases, [front, (ok(404), vec![ok(200)])]);
    assert_eq!(choice.base, "http://h/api");
}

#[test]
fn what_a_service_answers_to_every_path_speaks_for_no_base() {
    let service = service("[]", &["/orders", "/users"]);
    let bases = ["http://h".to_owned(), "http://h/api".to_owned()];
    let any = (ok(200), vec![ok(200); 2]);
    // What is there fails, refuses or lacks something; whatever else is asked for is fine.
    for real in [ok(500), ok(401), ok(400), ok(405), ok(200), page(200)] {
        let typed = (ok(200), vec![real.clone(), ok(404)]);
        let choice = chosen(&service, &bases, [typed, any.clone()]);
        assert_eq!(choice.base, "http://h", "{real:?}");
    }
    let choice = chosen(&service, &bases, [(page(404), vec![page(404); 2]), any]);
    assert_eq!(choice.base, "http://h");
}

#[test]
fn another_base_must_have_what_the_first_has_not() {
    let service = service("[]", &["/orders", "/users"]);
    let bases = ["http://h".to_owned(), "http://h/api".to_owned()];
    let other = (page(404), vec![ok(200); 2]);
    for (first, base) in [
        ((page(404), vec![ok(500), ok(401)]), "http://h"),
        ((page(404), vec![ok(500), page(404)]), "http://h/api"),
        ((ok(401), vec![ok(401); 2]), "http://h/api"),
        ((None, vec![None; 2]), "http://h/api"),
    ] {
        assert_eq!(chosen(&service, &bases, [first, other.clone()]).base, base);
    }
}

#[test]
fn where_nothing_answers_the_first_is_a_guess() {
    let service = service("[]", &["/orders"]);
    let bases = ["http://h".to_owned(), "http://h/api".to_owned()];
    let answers = [(None, vec![None]), (page(404), vec![page(404)])];
    let choice = chosen(&service, &bases, answers);
    assert_eq!((&*choice.base, choice.sure), ("http://h", false));
    insta::assert_snapshot!(choice.why, @"a guess: no candidate answered as the document says (GET /orders no answer)");
    assert_eq!(choose(&[], &[], &[]), None);
}

#[test]
fn only_what_is_not_answered_everywhere_puts_a_base_beyond_doubt() {
    let service = service("[]", &["/orders"]);
    let bases = ["http://h".to_owned(), "http://h/api".to_owned()];
    let sure = |nowhere, orders| {
        chosen(&service, &bases, [(nowhere, vec![orders]), (page(404), vec![page(404)])]).sure
    };
    for (nowhere, orders) in [(page(404), ok(200)), (page(404), ok(401)), (ok(401), ok(200))] {
        assert!(sure(nowhere, orders));
    }
    for (nowhere, orders) in [(ok(200), ok(200)), (ok(401), ok(401)), (page(404), ok(500))] {
        assert!(!sure(nowhere, orders));
    }
}

#[test]
fn probes_are_safe_and_need_nothing() {
    let text = r#"{"openapi":"3.0.0","paths":{
        "/a":{"post":{"responses":{}},"get":{"parameters":[{"name":"q","in":"query","required":true,"schema":{}}],"responses":{}}},
        "/b/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{}}],"responses":{}}},
        "/c":{"get":{"responses":{}},"delete":{"responses":{}}}}}"#;
    let (documents, root) = Documents::single(read::json(text.as_bytes()).unwrap());
    let service = openapi::read(&Arc::new(documents), &root).unwrap();
    let names: Vec<&str> = probes(&service).iter().map(|probe| &*probe.name).collect();
    assert_eq!(names, ["GET /c", "GET /a"]);
}
