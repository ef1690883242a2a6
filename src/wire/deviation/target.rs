//! The request target: too long, climbing out, or not well formed (RFC 3986; RFC 9112, section 3.2).

use super::{Danger, Domain, Parameter, Rule, Subject, whole};
use crate::case::Label;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "long_url",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "octets",
            domain: Domain::Int { simplest: 8192, min: 1, max: 1 << 20 },
        }],
        explain: "one more query parameter makes the target this long, if it is not already; a server \
                  may answer 414 (RFC 9112, section 3)",
        places: whole,
        apply: |s| {
            let octets = s.size("octets")?;
            let room = octets.saturating_sub(s.request.target.len() + "?phi=".len());
            s.request.push_raw_query(&format!("phi={}", "a".repeat(room)));
            Ok(())
        },
    },
    Rule {
        name: "path_traversal",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&[
                "../../../../etc/passwd",
                "..%2f..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "..%5c..%5c..%5cwindows%5cwin.ini",
                "..;/..;/etc/passwd",
                "....//....//etc/passwd",
                "%252e%252e%252fetc%252fpasswd",
                "..%c0%af..%c0%afetc/passwd",
                "%00",
            ]),
        }],
        explain: "the path climbs out of where it should stay, in the place of a path parameter or \
                  at its end; the service must not serve files, and must not fall over",
        places: |rule, call, request| {
            let parameters = super::parameter::places(rule, call, request);
            let paths = parameters
                .into_iter()
                .filter(|at| at.as_ref().is_some_and(|at| at.starts_with("path/")));
            std::iter::once(None).chain(paths).collect()
        },
        apply: |s| {
            let text = s.text("text")?;
            if let Some(at) = s.deviation.at.clone() {
                return super::parameter::replace_in_path(s, &at, &text);
            }
            insert(s, &format!("/{text}"));
            Ok(())
        },
    },
    Rule {
        name: "bad_percent_encoding",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[
            Parameter { name: "text", domain: Domain::Text(&["%", "%z", "%zz", "%u0041", "%2"]) },
            Parameter { name: "in", domain: Domain::Text(&["query", "path"]) },
        ],
        explain: "a percent sign that begins no octet (RFC 3986, section 2.1), as one more query \
                  parameter or at the end of the path; lenient readers take it as it stands",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            match &*s.text("in")? {
                "query" => s.request.push_raw_query(&format!("phi={text}")),
                "path" => insert(s, &text),
                other => return Err(format!("`in` is `{other}`; write query or path")),
            }
            Ok(())
        },
    },
    Rule {
        name: "raw_in_target",
        label: Label::Unspecified,
        danger: Danger::Remote,
        well_framed: false,
        parameters: &[Parameter {
            name: "text",
            domain: Domain::Text(&["é", "#x", "\u{0}", "\"", "<", "\\", "^", "\u{7f}", " ", "\t"]),
        }],
        explain: "an octet that a URL must not hold unescaped stands at the end of the target \
                  (RFC 3986, section 2; RFC 9112, section 3.2)",
        places: whole,
        apply: |s| {
            let text = s.text("text")?;
            s.request.push_raw_query(&format!("phi={text}"));
            Ok(())
        },
    },
    Rule {
        name: "double_slash",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the path begins with two slashes, which is another path",
        places: whole,
        apply: |s| {
            s.request.target.insert(0, '/');
            Ok(())
        },
    },
    Rule {
        name: "trailing_slash",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the path has one more slash at its end; services redirect, accept or refuse it",
        places: whole,
        apply: |s| {
            insert(s, "/");
            Ok(())
        },
    },
    Rule {
        name: "many_parameters",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: false,
        parameters: &[Parameter {
            name: "count",
            domain: Domain::Int { simplest: 1001, min: 1, max: 20_000 },
        }],
        explain: "that many more query parameters; a service may limit them",
        places: whole,
        apply: |s| {
            let count = s.size("count")?;
            let all: Vec<String> = (0..count).map(|index| format!("phi{index}=")).collect();
            s.request.push_raw_query(&all.join("&"));
            Ok(())
        },
    },
];

/// Puts text at the end of the path, before the query.
fn insert(subject: &mut Subject<'_>, text: &str) {
    let target = &mut subject.request.target;
    let end = target.find('?').unwrap_or(target.len());
    target.insert_str(end, text);
}
