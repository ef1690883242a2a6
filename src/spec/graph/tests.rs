//! Small documents for each source of edges, and traps.

use super::*;
use crate::spec::load;

fn service(paths: &str, schemas: &str) -> Service {
    let document = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths: {{{paths}}}\n\
         components: {{schemas: {{{schemas}}}}}\n"
    );
    load::alone("t.yaml", document.as_bytes()).unwrap().service
}

/// A call that answers with a schema.
fn answers(method: &str, status: u16, schema: &str) -> String {
    format!(
        "{method}: {{responses: {{'{status}': {{description: d, content: {{application/json: \
         {{schema: {schema}}}}}}}}}}}"
    )
}

/// A call that takes a body and answers with a schema.
fn takes(method: &str, body: &str, schema: &str) -> String {
    format!(
        "{method}: {{requestBody: {{content: {{application/json: {{schema: {body}}}}}}}, responses: \
         {{'201': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}}}"
    )
}

fn bare(method: &str) -> String {
    format!("{method}: {{responses: {{'204': {{description: d}}}}}}")
}

fn path(path: &str, calls: &[String]) -> String {
    let names = path.split('{').skip(1).filter_map(|part| part.split('}').next());
    let parameters: Vec<String> = names
        .map(|name| {
            format!("{{name: {name}, in: path, required: true, schema: {{type: integer}}}}")
        })
        .collect();
    format!("'{path}': {{parameters: [{}], {}}}, ", parameters.join(", "), calls.join(", "))
}

fn lines(service: &Service) -> Vec<String> {
    let name = |number: usize| &service.operations[number].name;
    let line = |e: &Edge| {
        format!("{} {} -> {} {} {:.2}", name(e.from), e.given, name(e.to), e.place, e.belief)
    };
    service.graph().edges().iter().map(line).collect()
}

const USER: &str = "User: {type: object, properties: {id: {type: integer}, name: {type: string}, \
                    username: {type: string}, team_id: {type: integer}}}";
const REF_USER: &str = "{$ref: '#/components/schemas/User'}";
const ID: &str = "{type: object, properties: {id: {type: integer}}}";

#[test]
fn nested_collections_are_filled_from_their_creates_at_any_depth() {
    let paths = [
        path(
            "/users",
            &[
                takes("post", "{}", REF_USER),
                answers("get", 200, "{type: array, items: {$ref: '#/components/schemas/User'}}"),
            ],
        ),
        path("/users/{id}", &[answers("get", 200, REF_USER), bare("delete")]),
        path("/users/{user_id}/posts", &[takes("post", "{}", ID)]),
        path("/users/{user}/posts/{id}", &[bare("get"), bare("put")]),
        path("/users/{uid}/posts/{pid}/likes/{like}", &[bare("get")]),
        path("/users/{id}/suspend", &[answers("post", 200, REF_USER)]),
    ];
    let service = service(&paths.concat(), USER);
    let lines = lines(&service);
    for wanted in [
        "POST /users body/id -> GET /users/{id} path/id 0.80",
        "GET /users body/0/id -> DELETE /users/{id} path/id 0.65",
        "POST /users body/id -> POST /users/{user_id}/posts path/user_id 0.80",
        "POST /users/{user_id}/posts body/id -> GET /users/{user}/posts/{id} path/id 0.80",
        "POST /users/{user_id}/posts what it was given at path/user_id -> PUT /users/{user}/posts/{id} path/user 0.80",
        "POST /users/{user_id}/posts body/id -> GET /users/{uid}/posts/{pid}/likes/{like} path/pid 0.80",
        "POST /users body/id -> POST /users/{id}/suspend path/id 0.80",
    ] {
        assert!(
            lines.iter().any(|line| line == wanted),
            "{wanted}\nis not in\n{}",
            lines.join("\n")
        );
    }
    for line in &lines {
        assert!(!line.starts_with("GET /users/{id} ") && !line.starts_with("DELETE"), "{line}");
        assert!(
            !line.starts_with("POST /users/{id}/suspend"),
            "an action tells no new user: {line}"
        );
    }
    let [users, posts, likes] = service.graph().resources() else {
        panic!("{:?}", service.graph().resources());
    };
    let number = |name: &str| service.operations.iter().position(|o| o.name == name);
    assert_eq!(users.create, number("POST /users"));
    assert_eq!(
        (users.read, users.delete),
        (number("GET /users/{id}"), number("DELETE /users/{id}"))
    );
    assert_eq!((users.list, users.update, users.parent), (number("GET /users"), None, None));
    assert_eq!(users.others, [number("POST /users/{id}/suspend").unwrap()]);
    assert_eq!((&*posts.item, posts.parent), ("/users/{user}/posts/{id}", Some(0)));
    assert_eq!(posts.replace, number("PUT /users/{user}/posts/{id}"));
    assert_eq!(posts.id.as_ref().unwrap().to_string(), "body/id");
    assert_eq!((likes.parent, likes.create), (Some(1), None));
}

#[test]
fn a_thing_that_put_makes_is_called_as_it_was_asked_for() {
    let paths = [
        path("/files/{name}", &[takes("put", "{}", "{}"), bare("get")]),
        path("/files/{name}/tags", &[bare("get")]),
    ];
    let service = service(&paths.concat(), "");
    assert_eq!(
        lines(&service),
        [
            "PUT /files/{name} what it was given at path/name -> GET /files/{name} path/name 0.80",
            "PUT /files/{name} what it was given at path/name -> GET /files/{name}/tags path/name 0.80",
        ]
    );
    assert!(service.graph().resources()[0].create_is_put);
}

#[test]
fn a_location_tells_what_the_body_does_not() {
    let made = "post: {responses: {'201': {description: d, headers: {location: {schema: {type: string}}}}}}";
    let paths = [path("/v1/jobs", &[made.to_owned()]), path("/v1/jobs/{job}", &[bare("get")])];
    assert_eq!(
        lines(&service(&paths.concat(), "")),
        ["POST /v1/jobs header/location as /jobs/{job} -> GET /v1/jobs/{job} path/job 0.70"]
    );
    let silent = "post: {responses: {'201': {description: d}}}";
    let paths = [path("/jobs", &[silent.to_owned()]), path("/jobs/{job}", &[bare("get")])];
    assert!(lines(&service(&paths.concat(), ""))[0].ends_with("0.50"));
}

#[test]
fn links_are_edges_whatever_part_they_take() {
    let linked = "post: {parameters: [{name: t, in: query, schema: {type: string}}], responses: {'201': {description: d, links: {one: {operationId: act, parameters: {path.a: '$response.body#/x/y', b: '$response.header.X-B', c: '$request.query.t', d: fixed}, requestBody: {z: '{$response.body}'}}, two: {operationRef: '#/paths/~1q~1{a}/get', parameters: {a: '$statusCode'}}}}}}";
    let act = "post: {operationId: act, parameters: [{name: b, in: query, schema: {}}, {name: c, in: header, schema: {}}, {name: d, in: query, schema: {}}], requestBody: {content: {application/json: {schema: {}}}}, responses: {}}";
    let paths = [
        path("/p", &[linked.to_owned()]),
        path("/act/{a}", &[act.to_owned()]),
        path("/q/{a}", &[bare("get")]),
    ];
    assert_eq!(
        lines(&service(&paths.concat(), "")),
        [
            "POST /p what it was given at query/t -> POST /act/{a} headers/c 0.95",
            "POST /p body -> POST /act/{a} json/z 0.95",
            "POST /p body/x/y -> POST /act/{a} path/a 0.95",
            "POST /p header/x-b -> POST /act/{a} query/b 0.95",
            "POST /p status -> GET /q/{a} path/a 0.95",
        ]
    );
}

#[test]
fn foreign_identities_are_known_by_kind_in_every_case_style() {
    let order = "{type: object, properties: {userId: {type: integer}, user: {type: integer}, \
                 billing_user_id: {type: integer}, users: {type: array, items: {type: integer}}, \
                 name: {type: string}, id: {type: integer}, teamId: {type: string}, \
                 owner: {type: object, properties: {id: {type: integer}}}, \
                 username: {type: string}, user_name: {type: string, format: date}}}";
    let paths = [
        path("/users", &[takes("post", "{}", REF_USER)]),
        path("/orders", &[takes("post", order, ID)]),
        path("/profiles/{userID}", &[bare("get")]),
        path("/signup", &[takes("post", "{}", REF_USER)]),
    ];
    let lines = lines(&service(&paths.concat(), USER));
    let places: Vec<&str> = lines
        .iter()
        .filter(|line| line.starts_with("POST /users "))
        .map(|line| line.split(" -> ").nth(1).unwrap())
        .collect();
    assert_eq!(
        places,
        [
            "POST /orders json/billing_user_id 0.45",
            "POST /orders json/user 0.50",
            "POST /orders json/userId 0.60",
            "POST /orders json/users/0 0.50",
            "GET /profiles/{userID} path/userID 0.60",
        ],
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|l| l.starts_with("POST /signup body/id -> POST /orders json/userId"))
    );
}

#[test]
fn the_same_name_is_no_edge_where_it_means_something_else() {
    let paths = [
        path("/users", &[takes("post", "{}", REF_USER)]),
        path("/teams/{id}", &[bare("get")]),
        path("/teams/{id}/rename", &[takes("post", "{type: object, properties: {name: {type: string}, id: {type: integer}}}", "{}")]),
        "'/things': {get: {parameters: [{name: name, in: query, schema: {type: string}}, {name: order, in: query, schema: {type: string}}, {name: user, in: query, schema: {enum: [a]}}], responses: {}}}, ".to_owned(),
        path("/orders", &[takes("post", "{}", "{type: object, properties: {id: {type: string}}}")]),
        path("/broken", &[answers("post", 400, REF_USER)]),
    ];
    assert_eq!(lines(&service(&paths.concat(), USER)), Vec::<String>::new());
}

#[test]
fn types_that_disagree_are_no_edge() {
    let text = "{type: object, properties: {id: {type: string, format: uuid}}}";
    let paths = [path("/users", &[takes("post", "{}", text)]), path("/users/{id}", &[bare("get")])];
    let lines = lines(&service(&paths.concat(), ""));
    assert_eq!(
        lines,
        ["POST /users header/location as /users/{id} -> GET /users/{id} path/id 0.50"]
    );
}

#[test]
fn what_nests_in_itself_may_give_to_itself_and_nothing_else_does() {
    let body =
        "{type: object, properties: {parent_id: {type: integer}, category_id: {type: integer}}}";
    let paths = path("/categories", &[takes("post", body, ID)]);
    assert_eq!(
        lines(&service(&paths, "")),
        ["POST /categories body/id -> POST /categories json/parent_id 0.50"]
    );
}

#[test]
fn members_of_the_same_component_take_the_whole_and_wrapped_answers_are_seen_through() {
    let body = "{type: object, properties: {author: {$ref: '#/components/schemas/User'}}}";
    let wrapped = "{type: object, properties: {user: {$ref: '#/components/schemas/User'}}}";
    let paths = [
        path("/users", &[takes("post", "{}", wrapped)]),
        path("/users/{id}", &[bare("get")]),
        path("/posts", &[takes("post", body, ID)]),
    ];
    let lines = lines(&service(&paths.concat(), USER));
    for wanted in [
        "POST /users body/user -> POST /posts json/author 0.50",
        "POST /users body/user/id -> GET /users/{id} path/id 0.80",
    ] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted} {lines:#?}");
    }
}

#[test]
fn a_person_adds_edges_and_switches_them_off() {
    let paths = [
        path("/users", &[takes("post", "{}", REF_USER)]),
        path("/users/{id}", &[bare("get")]),
        path("/odd/{thing}", &[bare("get")]),
    ];
    let mut service = service(&paths.concat(), USER);
    let read = |from: &str, to: &str, off| Own::read(&service, from, to, off);
    let own = vec![
        read("POST /users /team_id", "GET /odd/{thing}", false).unwrap(),
        read("POST /users", "GET /users/{id} path/id", true).unwrap(),
    ];
    insta::assert_snapshot!(read("POST /user", "GET /odd/{thing}", false).unwrap_err(), @"there is no operation `POST /user`; did you mean `POST /users`?");
    insta::assert_snapshot!(read("POST /users", "GET /odd/{thing} query/x", false).unwrap_err(), @"`GET /odd/{thing}` has no `query/x`");
    insta::assert_snapshot!(read("POST /users x", "GET /odd/{thing}", false).unwrap_err(), @"`x` names no part of an answer; write /POINTER or header/NAME");
    insta::assert_snapshot!(read("POST /users", "POST /users", false).unwrap_err(), @"`POST /users` has no path parameter; name the place: `POST /users json/id`");
    service.configure_edges(own);
    assert_eq!(lines(&service), ["POST /users body/team_id -> GET /odd/{thing} path/thing 1.00"]);
}

#[test]
fn edges_are_found_from_both_ends() {
    let paths = [
        path("/users", &[takes("post", "{}", REF_USER)]),
        path("/users/{id}", &[bare("get"), bare("delete")]),
    ];
    let service = service(&paths.concat(), USER);
    let graph = service.graph();
    let all: Vec<usize> = graph.consumers(0).map(|(_, edge)| edge.to).collect();
    assert_eq!(all, [1, 2]);
    for (id, edge) in graph.producers(2) {
        assert_eq!((edge.to, graph.edge(id)), (2, Some(edge)));
    }
    assert_eq!(graph.producers(2).count(), 1);
    assert_eq!((graph.producers(9).count(), graph.consumers(9).count()), (0, 0));
    assert_eq!(
        (graph.resource_of(2), graph.resource_of(0), graph.resource_of(9)),
        (Some(0), Some(0), None)
    );
}

#[test]
fn a_great_document_stays_small() {
    use std::fmt::Write as _;
    let mut paths = String::new();
    for number in 0..350 {
        let body = "{type: object, properties: {user_id: {type: integer}}}";
        paths += &path(
            &format!("/k{number}x"),
            &[takes(
                "post",
                body,
                "{type: object, properties: {id: {type: integer}, user_id: {type: integer}}}",
            )],
        );
        let _ = write!(paths, "{}", path(&format!("/k{number}x/{{id}}"), &[bare("get")]));
    }
    let service = service(&paths, "");
    let graph = service.graph();
    assert!(graph.edges().len() < 350 * 8, "{}", graph.edges().len());
    assert_eq!(graph.resources().len(), 350);
}
