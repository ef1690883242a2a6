use std::fmt::Write;
use std::path::Path;

use crate::spec::load::{self, Options};
use crate::spec::{Content, Operation, Schema, Service};

fn load(name: &str) -> Service {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let source = path.to_str().unwrap();
    runtime.block_on(load::load(source, &Options::default())).unwrap().service
}

fn schema(schema: &Schema) -> String {
    schema.bundle().map_or_else(str::to_owned, ToString::to_string)
}

fn content(out: &mut String, indent: &str, content: &Content) {
    let bundle = content.schema.as_ref().map_or("-".to_owned(), schema);
    let _ = write!(out, "{indent}{} {} {bundle}", content.media_type, content.kind.part());
    for (name, encoding) in &content.encoding {
        let _ = write!(
            out,
            " [{name}: {:?} {:?} {:?} {}]",
            encoding.content_type, encoding.style, encoding.explode, encoding.allow_reserved
        );
        for header in &encoding.headers {
            let _ = write!(out, " [{name} {}: {}]", header.name, schema(&header.schema));
        }
    }
    examples(out, &content.examples);
}

fn examples(out: &mut String, examples: &[crate::value::Value]) {
    let examples: Vec<String> = examples.iter().map(ToString::to_string).collect();
    let _ = match &*examples {
        [] => writeln!(out),
        several => writeln!(out, " e.g. {}", several.join(" ")),
    };
}

fn outline(operation: &Operation) -> String {
    let mut out = format!("{} {:?} {:?}", operation.name, operation.id, operation.security);
    let _ = writeln!(out, " servers {:?} produces {:?}", operation.servers, operation.produces);
    for p in &operation.parameters {
        let flags = [
            (p.required, " required"),
            (p.explode, " explode"),
            (p.allow_reserved, " reserved"),
            (p.allow_empty, " empty"),
        ];
        let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        let media_type = p.content.as_deref().unwrap_or_default();
        let _ = write!(
            out,
            "  {:?} {} {}{flags} {media_type}{}",
            p.location,
            p.name,
            p.style.name(),
            schema(&p.schema)
        );
        examples(&mut out, &p.examples);
    }
    if let Some(body) = &operation.body {
        let _ = writeln!(out, "  body{}", if body.required { " required" } else { "" });
        body.contents.iter().for_each(|c| content(&mut out, "    ", c));
    }
    for (status, response) in &operation.responses.by_status {
        let _ = writeln!(out, "  {status:?}");
        for header in &response.headers {
            let required = if header.required { " required" } else { "" };
            let _ = writeln!(out, "    {}:{required} {}", header.name, schema(&header.schema));
        }
        response.contents.iter().for_each(|c| content(&mut out, "    ", c));
        for link in &response.links {
            let (name, to) = (&link.name, &link.operation);
            let _ = writeln!(out, "    link {name} {to} {:?} {:?}", link.parameters, link.body);
        }
    }
    out
}

fn service(name: &str) -> String {
    told(&load(name))
}

/// A document of these paths, and more members of it, in JSON.
fn document(version: &str, paths: &str, more: &str) -> String {
    let text = format!(r#"{{"openapi":"{version}","info":{{}},"paths":{{{paths}}}{more}}}"#);
    told(&load::alone("a.json", text.as_bytes()).unwrap().service)
}

fn told(service: &Service) -> String {
    let mut out = format!("{} {:?} {:?}\n", service.name, service.title, service.servers);
    for scheme in &service.schemes {
        let _ = writeln!(out, "{} {:?}", scheme.name, scheme.kind);
    }
    service.operations.iter().for_each(|operation| out += &outline(operation));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
    for problem in &service.problems {
        let place = &problem.place;
        let whose = problem.operation.as_deref().unwrap_or("the document");
        let costs = if problem.lost { "costs" } else { "is about" };
        let file = place.document.replace(root, "");
        let line = place.line.map_or("?".to_owned(), |line| line.to_string());
        let message = problem.message.replace(root, "");
        let _ = writeln!(out, "{file}:{line} {}: {message}; {costs} {whose}", place.pointer);
    }
    out
}

#[test]
fn swagger_2_is_read_whole() {
    insta::assert_snapshot!(service("swagger2.yaml"), @r##"
books-files "Books & Files" ["https://books.example/v1"]
key ApiKey { place: Header, name: "X-Key" }
plain Basic
flow Bearer
GET /books/{isbn} Some("getBook") [["key"]] servers [] produces ["application/json", "application/xml"]
  Path isbn simple required {"type":"string","pattern":"^[0-9]{13}$"}
  Query page form {"type":"integer","maximum":9}
  Query tags form explode {"type":"array","items":{"type":"string"}}
  Query tabs tabDelimited {"type":"array","items":{"type":"string"}}
  Query flag form empty {"type":"boolean"}
  Header X-Ids simple {"type":"array","items":{"type":"integer"}}
  Code(200)
    X-Left: {"type":"integer","minimum":0}
    application/json json {"$ref":"#/$defs/Book","$defs":{"Book":{"type":"object","required":["isbn"],"properties":{"isbn":{"type":"string"},"next":{"$ref":"#/$defs/Book"}}}}} e.g. {"isbn":"1"}
    application/xml xml {"$ref":"#/$defs/Book","$defs":{"Book":{"type":"object","required":["isbn"],"properties":{"isbn":{"type":"string"},"next":{"$ref":"#/$defs/Book"}}}}}
  Code(404)
  Default
    application/json json {"type":"object","required":["message"],"properties":{"message":{"type":"string"}}}
    application/xml xml {"type":"object","required":["message"],"properties":{"message":{"type":"string"}}}
PUT /books/{isbn} None [["plain"], ["key", "flow"], []] servers [] produces ["application/json", "application/xml"]
  Path isbn simple required {"type":"string","pattern":"^[0-9]{13}$"}
  Query page form {"type":"integer","minimum":1,"default":1} e.g. 3
  body required
    application/json json {"$ref":"#/$defs/Book","$defs":{"Book":{"type":"object","required":["isbn"],"properties":{"isbn":{"type":"string"},"next":{"$ref":"#/$defs/Book"}}}}}
    application/xml xml {"$ref":"#/$defs/Book","$defs":{"Book":{"type":"object","required":["isbn"],"properties":{"isbn":{"type":"string"},"next":{"$ref":"#/$defs/Book"}}}}}
  Code(204)
POST /upload None [] servers [] produces ["application/octet-stream"]
  body required
    multipart/form-data multipart {"type":"object","properties":{"file":{"type":"string","format":"binary"},"labels":{"type":"array","items":{"type":"string","maxLength":5}}},"required":["file"]} [labels: None Some(PipeDelimited) Some(false) false]
  Code(200)
    application/octet-stream bytes {"type":"string","format":"binary"}
"##);
}

#[test]
fn openapi_3_0_is_read_whole() {
    insta::assert_snapshot!(service("openapi30.yaml"), @r##"
shop "Shop" ["https://a.example/v1", "/relative"]
bearer Bearer
key ApiKey { place: Cookie, name: "k" }
tls MutualTls
digest Other("digest")
GET /orders Some("listOrders") [["bearer"]] servers ["https://orders.example"] produces ["application/json"]
  Query ids form explode {"type":"array","items":{"type":"integer"}} e.g. [1,2]
  Query spaced spaceDelimited {"type":"array","items":{}}
  Query filter deepObject explode {"type":"object"}
  Query where form explode application/json{"type":"object"} e.g. {"a":1}
  Query raw form explode reserved empty {"type":"string","examples":["x"]} e.g. "x"
  Cookie session form explode {"type":"string"}
  Header X-Trace simple {"type":"array","items":{}}
  Code(200)
    x-total: required {"type":"integer"}
    application/json json {"type":"array","items":{"$ref":"#/$defs/Order"},"$defs":{"Order":{"type":"object","properties":{"qty":{"type":["integer","null"]}}}}}
  Range(4)
POST /orders Some("createOrder") [["bearer"]] servers ["https://write.example"] produces []
  body required
    application/json json {"$ref":"#/$defs/Order","$defs":{"Order":{"type":"object","properties":{"qty":{"type":["integer","null"]}}}}} e.g. {"qty":1} {"qty":2}
    multipart/form-data multipart {"type":"object","properties":{"meta":{"type":"object"},"file":{"type":"string","format":"binary"}}} [meta: Some("application/json") None None false] [file: Some("image/png, image/jpeg") None None true]
  Code(201)
    link byId GET /orders/{id} [("id", String("$response.body#/id"))] None
    link byRef GET /orders/{id} [] Some(String("$request.body"))
GET /orders/{id}{format} None [["bearer"]] servers [] produces []
  Path id matrix required {"type":"integer"}
  Path format label required explode {"type":"string"}
  Default
GET /orders/{id} Some("getOrder") [[], ["key"]] servers [] produces []
  Path id simple required {"type":"integer"}
  Code(200)
"##);
}

#[test]
fn openapi_3_1_is_read_whole() {
    insta::assert_snapshot!(service("openapi31.json"), @r##"
graph "Graph" []
GET /nodes/{id} None [] servers [] produces ["application/hal+json"]
  Path id simple required {"type":["integer","string"]}
  Code(200)
    application/hal+json json {"$ref":"#/$defs/Node","$defs":{"Node":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/Node"}},"kind":{"$ref":"#/$defs/Kind","default":"leaf"}}},"Kind":{"enum":["leaf","branch"]}}}
TRACE /nodes/{id} None [] servers [] produces []
  Path id simple required {"type":["integer","string"]}
"##);
}

#[test]
fn openapi_3_2_is_read_whole() {
    insta::assert_snapshot!(service("openapi32.yaml"), @r#"
search "Search" []
QUERY /search None [] servers [] produces []
  body
    application/json json {"type":"object"}
  Code(200)
GET /search None [] servers [] produces []
  QueryString q form explode application/x-www-form-urlencoded{"type":"object"}
  Cookie mood cookie explode {"type":"string"} e.g. "calm"
  Code(200)
PURGE /search None [] servers [] produces []
  Code(204)
"#);
}

#[test]
fn many_files_that_refer_to_each_other_in_circles_are_one_service() {
    insta::assert_snapshot!(service("multi/root.yaml"), @r##"
many-files "Many files" []
GET /pets None [] servers [] produces ["application/json"]
  Query limit form explode {"type":"integer","maximum":50}
  Code(200)
    application/json json {"type":"array","items":{"$ref":"#/$defs/Pet"},"$defs":{"Pet":{"type":"object","properties":{"owner":{"$ref":"#/$defs/owners"},"parent":{"$ref":"#/$defs/Pet"}}},"owners":{"type":"object","properties":{"pets":{"type":"array","items":{"$ref":"#/$defs/Pet"}},"boss":{"$ref":"#/$defs/owners"}}}}}
GET /owners None [] servers [] produces ["application/json"]
  Code(200)
    application/json json {"$ref":"#/$defs/owners","$defs":{"owners":{"type":"object","properties":{"pets":{"type":"array","items":{"$ref":"#/$defs/Pet"}},"boss":{"$ref":"#/$defs/owners"}}},"Pet":{"type":"object","properties":{"owner":{"$ref":"#/$defs/owners"},"parent":{"$ref":"#/$defs/Pet"}}}}}
"##);
}

#[test]
fn what_is_of_the_wrong_kind_is_told_with_its_operation() {
    let paths = r#"
        "/a":{"get":{"parameters":5,"tags":5,"deprecated":"no","responses":[]},
              "put":{"requestBody":7,"responses":{"200":9}},
              "post":{"requestBody":{"required":true,"content":[]},"responses":{}},
              "patch":{"tags":["x",3],"parameters":["x"],"responses":{}},
              "delete":{"parameters":null,"tags":null,"responses":null,"security":[3]}},
        "/b":5,
        "/c":{"parameters":{},"get":{"responses":{"200":{"content":{"application/json":[]},"headers":3}}}}"#;
    insta::assert_snapshot!(document("3.0.0", paths, r#","servers":{},"components":[]"#), @r#"
a "" []
GET /a None [] servers [] produces []
PUT /a None [] servers [] produces []
  Code(200)
DELETE /a None [] servers [] produces []
GET /c None [] servers [] produces ["application/json"]
  Code(200)
    application/json json -
a.json:8 /servers: should be an array, not an object; is about the document
a.json:7 /paths/~1b: should be an object, not `5`; is about the document
a.json:2 /paths/~1a/get/parameters: should be an array, not `5`; is about GET /a
a.json:2 /paths/~1a/get/responses: should be an object, not an array; is about GET /a
a.json:2 /paths/~1a/get/tags: should be an array, not `5`; is about GET /a
a.json:2 /paths/~1a/get/deprecated: should be `true` or `false`, not `"no"`; is about GET /a
a.json:3 /paths/~1a/put/requestBody: should be an object, not `7`; is about PUT /a
a.json:3 /paths/~1a/put/responses/200: should be an object, not `9`; is about PUT /a
a.json:4 /paths/~1a/post/requestBody/content: should be an object, not an array; is about POST /a
a.json:4 /paths/~1a/post/requestBody: the body has no media type under `content`; costs POST /a
a.json:5 /paths/~1a/patch/parameters/0: should be an object, not `"x"`; is about PATCH /a
a.json:5 /paths/~1a/patch/parameters/0: a parameter needs `name` and `in`; costs PATCH /a
a.json:6 /paths/~1a/delete/security/0: should be an object, not `3`; is about DELETE /a
a.json:8 /paths/~1c/parameters: should be an array, not an object; is about the document
a.json:8 /paths/~1c/get/responses/200/headers: should be an object, not `3`; is about GET /c
a.json:8 /paths/~1c/get/responses/200/content/application~1json: should be an object, not an array; is about GET /c
"#);
}

#[test]
fn what_stands_twice_counts_once_and_what_is_lost_is_told() {
    let paths = r#"
        "/a":{"get":{"operationId":"first","responses":{}},"put":{"responses":{}}},
        "/a":{"get":{"operationId":"last","responses":{"200":{},"200":{"description":"x"}}}}"#;
    insta::assert_snapshot!(document("3.0.0", paths, ""), @r#"
a "" []
GET /a Some("last") [] servers [] produces []
  Code(200)
a.json:3 /paths/~1a/put: a later `/a` takes its place; put both into one; costs PUT /a
a.json:3 /paths/~1a: `/a` stands twice; the last one counts; is about the document
a.json:3 /paths/~1a/get/responses/200: `200` stands twice; the last one counts; is about GET /a
"#);
}

#[test]
fn servers_keep_what_their_variables_leave() {
    let servers = r#","servers":[{"url":"https://{host}/v7"},{"url":"https://h/{v}"},{"description":"x"},
        {"url":"https://{host}/v8","variables":{"host":{"enum":["a","b"]}}}]"#;
    insta::assert_snapshot!(document("3.1.0", "", servers), @r#"
a "" ["/v7", "https://a/v8"]
a.json:1 /servers/0: the variable `{host}` of `https://{host}/v7` is not declared, so that only `/v7` counts: give it a default under `variables`, or add --url URL; is about the document
a.json:1 /servers/1: the variable `{v}` of `https://h/{v}` is not declared, so that it does not count: give it a default under `variables`, or add --url URL; is about the document
a.json:1 /servers/2: a server needs a `url`; is about the document
"#);
}

#[test]
fn a_pattern_that_cannot_be_read_is_told() {
    let paths = r#""/a":{"get":{"parameters":[
        {"name":"z","in":"query","schema":{"type":"string","pattern":"([a-z"}},
        {"name":"y","in":"query","schema":{"patternProperties":{"(":{}}}}],"responses":{}}}"#;
    insta::assert_snapshot!(document("3.1.0", paths, ""), @r#"
a "" []
GET /a None [] servers [] produces []
  Query z form explode {"type":"string","pattern":"([a-z"}
  Query y form explode {"patternProperties":{"(":{}}}
a.json:2 /paths/~1a/get/parameters/0/schema/pattern: the pattern `([a-z` cannot be read: a class has no end at character 5; what is said of texts there is not tested; is about GET /a
a.json:3 /paths/~1a/get/parameters/1/schema/patternProperties/(: the pattern `(` cannot be read: a group has no end at character 1; what is said of texts there is not tested; is about GET /a
"#);
}

#[test]
fn a_fault_far_from_where_it_is_needed_is_told_with_both_places() {
    let paths = r##""/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
        {"$ref":"#/components/schemas/A"}}}}}}}"##;
    let schemas = r##","components":{"schemas":{"A":{"items":{"$ref":"#/components/schemas/B"}},
        "B":{"$ref":"#/components/schemas/C"},"C":{"$ref":"#/components/schemas/B"}}}"##;
    insta::assert_snapshot!(document("3.0.0", paths, schemas), @r#"
a "" []
GET /a None [] servers [] produces ["application/json"]
  Code(200)
    application/json json -
a.json:1 /paths/~1a/get/responses/200/content/application~1json/schema: `#/components/schemas/B` leads around in a circle of references, with no schema in it; it stands at a.json#/components/schemas/A/items (line 2); is about GET /a
"#);
}

#[test]
fn sequences_and_their_encodings_are_read() {
    let item = r#""itemSchema":{"type":"object"}"#;
    let content = format!(
        r#""application/jsonl":{{{item}}},
        "application/x-ndjson":{{"schema":{{"type":"integer"}}}},
        "application/json-seq":{{"schema":{{"type":"array","items":{{}}}},{item}}},
        "text/event-stream":{{{item}}},
        "multipart/mixed":{{{item},"prefixEncoding":[{{"contentType":"text/csv"}}],
            "itemEncoding":{{"headers":{{"X-A":{{"required":true,"schema":{{"type":"integer"}}}}}}}}}}"#
    );
    let paths = format!(
        r#""/a":{{"post":{{"requestBody":{{"content":{{{content}}}}},
            "responses":{{"200":{{"content":{{{content}}}}}}}}}}}"#
    );
    insta::assert_snapshot!(document("3.2.0", &paths, ""), @r#"
a "" []
POST /a None [] servers [] produces ["application/jsonl", "application/x-ndjson", "application/json-seq", "text/event-stream", "multipart/mixed"]
  body
    application/jsonl json {"type":"array","minItems":1,"items":{"type":"object"}}
    application/x-ndjson json {"type":"array","minItems":1,"items":{"type":"integer"}}
    application/json-seq json {"type":"array","minItems":1,"items":{"type":"object"}}
    text/event-stream text -
    multipart/mixed multipart {"type":"array","minItems":1,"items":{"type":"object"}} [0: Some("text/csv") None None false] [*: None None None false] [* X-A: {"type":"integer"}]
  Code(200)
    application/jsonl json {"type":"array","items":{"type":"object"}}
    application/x-ndjson json {"type":"integer"}
    application/json-seq json {"type":"array","items":{"type":"object"}}
    text/event-stream text -
    multipart/mixed multipart - [0: Some("text/csv") None None false] [*: None None None false] [* X-A: {"type":"integer"}]
a.json:3 /paths/~1a/post/requestBody/content/application~1json-seq/schema: stands beside `itemSchema`, which counts; this is not tested; is about POST /a
a.json:4 /paths/~1a/post/requestBody/content/text~1event-stream/itemSchema: what it says of `text/event-stream` is not tested; is about POST /a
a.json:9 /paths/~1a/post/responses/200/content/application~1json-seq/schema: stands beside `itemSchema`, which counts; this is not tested; is about POST /a
a.json:10 /paths/~1a/post/responses/200/content/text~1event-stream/itemSchema: what it says of `text/event-stream` is not tested; is about POST /a
a.json:11 /paths/~1a/post/responses/200/content/multipart~1mixed/itemSchema: what it says of `multipart/mixed` is not tested; is about POST /a
"#);
}

#[test]
fn what_is_broken_costs_only_what_it_stands_in() {
    insta::assert_snapshot!(service("broken.yaml"), @r#"
broken "Broken" []
GET /a/{id} Some("same") [] servers [] produces []
  Path id simple required {"type":"string","minLength":1}
  Code(200)
GET /b None [] servers [] produces ["application/json"]
  Code(200)
    application/json json -
PUT /c None [] servers [] produces []
GET /f None [] servers [] produces []
  Code(200)
broken.yaml:21 /paths/d: the path `d` does not begin with `/`; is about the document
broken.yaml:25 /paths/~1e: `missing.yaml#/e` leads to `missing.yaml`, which does not exist; costs * /e
broken.yaml:5 /paths/~1a~1{id}/get: `{id}` is not declared; it is taken as text; is about GET /a/{id}
broken.yaml:7 /paths/~1b/get: the operationId `same` is that of GET /a/{id} already; is about GET /b
broken.yaml:7 /paths/~1b/get: `{stray}` does not stand in the path; is about GET /b
broken.yaml:10 /paths/~1b/get/responses/2oo: `2oo` is no status, range or `default`; is about GET /b
broken.yaml:10 /paths/~1b/get/responses/200/content/application~1json/schema: `#/nowhere` leads nowhere: nothing stands at `/nowhere`; is about GET /b
broken.yaml:13 /paths/~1c/get/parameters/0: `#/components/parameters/none` leads nowhere: nothing stands at `/components/parameters/none`; costs GET /c
broken.yaml:16 /paths/~1c/post/requestBody/content/application~1json/schema/properties/a/type: a type of JSON Schema was expected, not `"strnig"`; costs POST /c
broken.yaml:18 /paths/~1c/put/parameters/0/schema: `http://elsewhere.example/q.json` leads to `http://elsewhere.example/q.json`, which is on a host that was not named; allow http://elsewhere.example, or keep a copy beside the document; is about PUT /c
broken.yaml:18 /paths/~1c/put: there are no `responses`; is about PUT /c
broken.yaml:19 /paths/~1c/delete: an operation should be an object; costs DELETE /c
broken.yaml:20 /paths/~1c/patch/parameters/0: a parameter needs `name` and `in`; costs PATCH /c
broken.yaml:23 /paths/d/get/parameters/0: the parameter `x` has no schema; is about GET /d
broken.yaml:23 /paths/d/get/parameters/0: the style `matrix` is not one for `in: query`; `form` is taken; is about GET /d
broken.yaml:23 /paths/d/get/parameters/1: the parameter `y` is `in: body`; known are path, query, header, cookie; costs GET /d
broken.yaml:28 /paths/~1f/get/responses/200/links/next: links to the operationId `nobody`, which no operation has; is about GET /f
"#);
}
