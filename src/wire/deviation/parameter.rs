//! Parameters that are missing, repeated, empty, or elsewhere.

use super::{Danger, Domain, Parameter, Rule, Subject};
use crate::case::{Call, Header, Label};
use crate::spec::Location;
use crate::value::Value;
use crate::wire::Request;
use crate::wire::facts::{Facts, token};
use crate::wire::render::{self, Piece};

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "missing_parameter",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the parameter is not sent; invalid where it is required",
        places: outside_path,
        apply: |s| put(s, |_| With::Nothing),
    },
    Rule {
        name: "duplicate_parameter",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter { name: "value", domain: Domain::Text(&["same", "other"]) }],
        explain: "the parameter is sent twice, with the same value or with another one; readers take the \
                  first, the last, a list, or refuse it",
        places: outside_path,
        apply: |s| match &*s.text("value")? {
            "same" => put(s, |found| With::Twin(found.text.clone())),
            "other" => put(s, |found| With::Twin(found.another())),
            other => Err(format!("`value` is `{other}`; write same or other")),
        },
    },
    Rule {
        name: "empty_parameter",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the parameter is there with an empty value; invalid where its schema refuses the \
                  empty text and empty values are not allowed",
        places,
        apply: |s| {
            let at = s.at()?.to_owned();
            if at.starts_with("path/") {
                replace_in_path(s, &at, "")
            } else {
                put(s, |f| With::Other(f.empty("=")))
            }
        },
    },
    Rule {
        name: "bare_parameter",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "the query parameter is there without even its equals sign",
        places: |rule, call, request| {
            let mut all = places(rule, call, request);
            all.retain(|at| at.as_ref().is_some_and(|at| at.starts_with("query/")));
            all
        },
        apply: |s| put(s, |found| With::Other(found.empty(""))),
    },
    Rule {
        name: "misplaced_parameter",
        label: Label::Invalid,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "to",
            domain: Domain::Text(&["query", "headers", "cookies"]),
        }],
        explain: "the parameter is sent in another part of the request; invalid where it is required \
                  in its own",
        places: outside_path,
        apply: misplace,
    },
];

/// One parameter as it stands in the request.
struct Found {
    location: Location,
    name: String,
    text: Vec<u8>,
}

impl Found {
    fn separator(&self) -> &'static [u8] {
        if self.location == Location::Query { b"&" } else { b"; " }
    }

    /// With a value that it does not have.
    fn another(&self) -> Vec<u8> {
        let with = |text: &str| self.with("=", text);
        let one = with("1");
        if one == self.text { with("2") } else { one }
    }

    fn empty(&self, sign: &str) -> Vec<u8> {
        self.with(sign, "")
    }

    fn with(&self, sign: &str, text: &str) -> Vec<u8> {
        if self.location == Location::Header {
            return text.into();
        }
        let name = crate::wire::percent::text(self.name.as_bytes());
        format!("{name}{sign}{text}").into()
    }
}

/// What goes out instead of a parameter.
enum With {
    Nothing,
    /// Other octets.
    Other(Vec<u8>),
    /// Itself and another one behind it; header fields become two fields.
    Twin(Vec<u8>),
}

/// All parameters of a call that something is written of.
pub(super) fn places(_: &Rule, call: &Call, _: &Request) -> Vec<Option<String>> {
    let parts = [
        ("path", &call.path),
        ("query", &call.query),
        ("headers", &call.headers),
        ("cookies", &call.cookies),
    ];
    let mut all: Vec<Option<String>> = Vec::new();
    for (part, list) in parts {
        for (name, _) in list {
            let place = Some(format!("{part}/{}", token(name)));
            if !all.contains(&place) && matches!(find(call, place.as_deref()), Ok((_, Some(_)))) {
                all.push(place);
            }
        }
    }
    all
}

fn outside_path(rule: &Rule, call: &Call, request: &Request) -> Vec<Option<String>> {
    let mut all = places(rule, call, request);
    all.retain(|at| at.as_ref().is_some_and(|at| !at.starts_with("path/")));
    all
}

/// The parameter at a place: its value, and its octets where it has any.
fn find<'c>(call: &'c Call, at: Option<&str>) -> Result<(&'c Value, Option<Found>), String> {
    let at = at.ok_or_else(|| "needs a place; give it as `at`".to_owned())?;
    let bad = || format!("`{at}` is no parameter of the call");
    let (part, name) = at.split_once('/').ok_or_else(bad)?;
    let name = name.replace("~1", "/").replace("~0", "~");
    let (location, list) = match part {
        "path" => (Location::Path, &call.path),
        "query" => (Location::Query, &call.query),
        "headers" => (Location::Header, &call.headers),
        "cookies" => (Location::Cookie, &call.cookies),
        _ => return Err(bad()),
    };
    let (_, value) = list.iter().find(|(key, _)| *key == name).ok_or_else(bad)?;
    let facts = Facts::new(&call.render);
    let text = render::parameter(location, &name, value, facts, &mut Vec::new())
        .map_err(|error| error.to_string())?;
    Ok((value, text.map(|text| Found { location, name, text })))
}

/// Puts something else where the parameter stands.
fn put(subject: &mut Subject<'_>, with: impl FnOnce(&Found) -> With) -> Result<(), String> {
    let at = subject.at()?.to_owned();
    let gone = || format!("`{at}` does not stand in the request");
    let found = find(subject.call, Some(&at))?.1.ok_or_else(gone)?;
    let with = with(&found);
    let request = &mut *subject.request;
    if found.location == Location::Header {
        let is_it = |h: &Header| h.name.eq_ignore_ascii_case(&found.name) && h.value == found.text;
        let index = request.headers.iter().position(is_it).ok_or_else(gone)?;
        match with {
            With::Nothing => drop(request.headers.remove(index)),
            With::Other(new) => request.headers[index].value = new.into(),
            With::Twin(new) => {
                let twin = Header { value: new.into(), ..request.headers[index].clone() };
                request.headers.insert(index + 1, twin);
            }
        }
        return Ok(());
    }
    let new = match with {
        With::Nothing => None,
        With::Other(new) => Some(new),
        With::Twin(new) => Some([&found.text, found.separator(), &new].concat()),
    };
    if found.location == Location::Cookie {
        let cookies = request.header("cookie").ok_or_else(gone)?;
        let cookies = replaced(cookies, b"; ", &found.text, new.as_deref()).ok_or_else(gone)?;
        if cookies.is_empty() {
            request.remove_header("cookie");
        } else {
            request.set_header("Cookie", cookies);
        }
    } else {
        let (path, query) = request.target.split_once('?').ok_or_else(gone)?;
        let query = replaced(query.as_bytes(), b"&", &found.text, new.as_deref());
        let query = String::from_utf8_lossy(&query.ok_or_else(gone)?).into_owned();
        request.target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    }
    Ok(())
}

/// Replaces one run of items among separated ones; `None` where it is not there.
fn replaced(all: &[u8], separator: &[u8], old: &[u8], new: Option<&[u8]>) -> Option<Vec<u8>> {
    let width = old.len();
    let begin = (0..=all.len().checked_sub(width)?).find(|at| {
        let (before, after) = (&all[..*at], &all[at + width..]);
        all[*at..].starts_with(old)
            && (before.is_empty() || before.ends_with(separator))
            && (after.is_empty() || after.starts_with(separator))
    })?;
    let (before, after) = (&all[..begin], &all[begin + width..]);
    Some(match new {
        Some(new) => [before, new, after].concat(),
        None if before.is_empty() => after.strip_prefix(separator).unwrap_or(after).to_vec(),
        None => [&before[..before.len() - separator.len()], after].concat(),
    })
}

/// Puts text, as it stands, in the place of a path parameter.
pub(super) fn replace_in_path(
    subject: &mut Subject<'_>,
    at: &str,
    text: &str,
) -> Result<(), String> {
    let gone = || format!("`{at}` does not stand in the path");
    let wanted = find(subject.call, Some(at))?.1.ok_or_else(gone)?;
    let (_, template) = render::operation(subject.call).map_err(|error| error.to_string())?;
    // What stands right before the parameter tells it from equal text elsewhere.
    let mut before = String::new();
    for piece in render::pieces(&template) {
        match piece {
            Piece::Name(name) if name == wanted.name => break,
            Piece::Name(name) => {
                let place = format!("path/{}", token(name));
                let other = find(subject.call, Some(&place))?.1;
                let text = other.map(|other| other.text).unwrap_or_default();
                before.push_str(&String::from_utf8_lossy(&text));
            }
            Piece::Text(text) => before.push_str(&render::literal(text)),
        }
    }
    let old = format!("{before}{}", String::from_utf8_lossy(&wanted.text));
    let begin = subject.request.target.find(&old).ok_or_else(gone)?;
    let range = begin + before.len()..begin + old.len();
    subject.request.target.replace_range(range, text);
    Ok(())
}

fn misplace(subject: &mut Subject<'_>) -> Result<(), String> {
    let at = subject.at()?.to_owned();
    let given = subject.deviation.with.iter().any(|(name, _)| name == "to");
    // The simplest other part.
    let elsewhere = at.starts_with("query/") && !given;
    let to = if elsewhere { "headers".to_owned() } else { subject.text("to")? };
    if at.starts_with(&format!("{to}/")) {
        return Err(format!("`{at}` is already there"));
    }
    let (value, found) = find(subject.call, Some(&at))?;
    let name = found.map(|found| found.name).ok_or_else(|| format!("`{at}` is not written"))?;
    let text = crate::wire::parameter::scalar_text(value).into_owned();
    put(subject, |_| With::Nothing)?;
    match &*to {
        "query" => subject.request.push_query(&name, &String::from_utf8_lossy(&text)),
        "cookies" => subject.request.push_cookie(
            &crate::wire::percent::text(name.as_bytes()),
            &crate::wire::percent::text(&text),
        ),
        "headers" if name.bytes().all(crate::wire::request::is_token_octet) => {
            if text.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n')) {
                return Err("its value cannot stand in a header".to_owned());
            }
            subject.request.push_header(name, text);
        }
        "headers" => return Err("its name cannot be that of a header".to_owned()),
        other => return Err(format!("`to` is `{other}`; write query, headers or cookies")),
    }
    Ok(())
}
