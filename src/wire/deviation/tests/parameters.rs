//! Damage to parameters.

use std::fmt::Write as _;

use super::*;

/// What each rule of parameters makes of each place.
#[test]
fn parameter_rules_show_what_they_do() {
    let call = rich();
    let plain = render::plain(&call, "/api").unwrap().request;
    let mut table = String::new();
    for rule in parameter::RULES {
        for at in rule.places(&call, &plain) {
            let Ok(request) = deviate(&call, rule.deviation(at.clone())) else { continue };
            let mut shown = String::new();
            if request.target != plain.target {
                shown.push_str(&request.target);
            }
            for header in request.headers.iter().filter(|h| matches!(&*h.name, "X-H" | "Cookie")) {
                if request.headers != plain.headers {
                    let _ = write!(shown, " {}: {}", header.name, header.text().unwrap());
                }
            }
            let _ = writeln!(table, "{:19} {:11} {}", rule.name, at.unwrap(), shown.trim());
        }
    }
    insta::assert_snapshot!(table, @r#"
        missing_parameter   query/q     /api/a/v/1,2?r=a%20b
        missing_parameter   query/r     /api/a/v/1,2?q=1&q=2
        missing_parameter   headers/X-H Cookie: c=1; d=2
        missing_parameter   cookies/c   X-H: h Cookie: d=2
        missing_parameter   cookies/d   X-H: h Cookie: c=1
        duplicate_parameter query/q     /api/a/v/1,2?q=1&q=2&q=1&q=2&r=a%20b
        duplicate_parameter query/r     /api/a/v/1,2?q=1&q=2&r=a%20b&r=a%20b
        duplicate_parameter headers/X-H X-H: h X-H: h Cookie: c=1; d=2
        duplicate_parameter cookies/c   X-H: h Cookie: c=1; c=1; d=2
        duplicate_parameter cookies/d   X-H: h Cookie: c=1; d=2; d=2
        empty_parameter     path/x      /api/a//1,2?q=1&q=2&r=a%20b
        empty_parameter     path/y      /api/a/v/?q=1&q=2&r=a%20b
        empty_parameter     query/q     /api/a/v/1,2?q=&r=a%20b
        empty_parameter     query/r     /api/a/v/1,2?q=1&q=2&r=
        empty_parameter     headers/X-H X-H:  Cookie: c=1; d=2
        empty_parameter     cookies/c   X-H: h Cookie: c=; d=2
        empty_parameter     cookies/d   X-H: h Cookie: c=1; d=
        bare_parameter      query/q     /api/a/v/1,2?q&r=a%20b
        bare_parameter      query/r     /api/a/v/1,2?q=1&q=2&r
        misplaced_parameter query/q     /api/a/v/1,2?r=a%20b X-H: h Cookie: c=1; d=2
        misplaced_parameter query/r     /api/a/v/1,2?q=1&q=2 X-H: h Cookie: c=1; d=2
        misplaced_parameter headers/X-H /api/a/v/1,2?q=1&q=2&r=a%20b&X-H=h Cookie: c=1; d=2
        misplaced_parameter cookies/c   /api/a/v/1,2?q=1&q=2&r=a%20b&c=1 X-H: h Cookie: d=2
        misplaced_parameter cookies/d   /api/a/v/1,2?q=1&q=2&r=a%20b&d=2 X-H: h Cookie: c=1
        "#);
}

#[test]
fn a_parameter_stands_beside_one_of_another_value() {
    let twin = |at: &str| -> Request {
        let rule = find("duplicate_parameter").unwrap();
        let with = vec![("value".to_owned(), Value::text("other"))];
        deviate(&rich(), Deviation { with, ..rule.deviation(Some(at.to_owned())) }).unwrap()
    };
    assert_eq!(twin("query/r").target, "/api/a/v/1,2?q=1&q=2&r=a%20b&r=1");
    assert_eq!(twin("cookies/c").header("cookie").unwrap(), "c=1; c=2; d=2");
    let request = twin("headers/X-H");
    let own = request.headers.iter().filter(|header| header.name == "X-H");
    assert_eq!(own.map(|header| header.text().unwrap()).collect::<Vec<_>>(), ["h", "1"]);
}
