//! `multipart/form-data` (RFC 7578), as much of it as a shop needs.

use serde_json::{Map, Value};

use super::{exact, parameters};

/// A form in parts.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The parts by name; a file stands as a text of its own.
    pub(crate) object: Map<String, Value>,
    /// Octets of all files together.
    pub(crate) octets: usize,
}

/// Reads a form.
///
/// # Errors
/// What is wrong with it, a lower-case fragment.
pub(crate) fn read(schema: &Value, content_type: &str, body: &[u8]) -> Result<Parts, String> {
    let boundary = boundary(content_type).ok_or("multipart without a boundary")?;
    let mark = [b"\r\n--", boundary.as_bytes()].concat();
    let body = [b"\r\n", body].concat();
    let mut parts = Parts::default();
    let mut at = find(&body, &mark).ok_or("the boundary never comes")? + mark.len();
    while !body[at..].starts_with(b"--") {
        let length = find(&body[at..], &mark).ok_or("the last boundary is missing")?;
        part(schema, &body[at..at + length], &mut parts)?;
        at += length + mark.len();
    }
    Ok(parts)
}

fn boundary(content_type: &str) -> Option<String> {
    let value = content_type.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    Some(value.trim().trim_matches('"').to_owned()).filter(|boundary| !boundary.is_empty())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn part(schema: &Value, part: &[u8], parts: &mut Parts) -> Result<(), String> {
    let head_end = find(part, b"\r\n\r\n").ok_or("a part without a head")?;
    let head = String::from_utf8_lossy(&part[..head_end]);
    let body = &part[head_end + 4..];
    let field = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let disposition = field("content-disposition").ok_or("a part without a disposition")?;
    let name = attribute(&disposition, "name").ok_or("a part without a name")?;
    let property = &schema["properties"][&name];
    let is_json = field("content-type").is_some_and(|media| media.starts_with("application/json"));
    let value = if property.get("contentMediaType").is_some() {
        parts.octets += body.len();
        Value::String(String::new())
    } else if is_json {
        exact::read(body)?
    } else {
        let text = std::str::from_utf8(body).map_err(|_| "a part is not UTF-8")?;
        let structured = matches!(property["type"].as_str(), Some("object" | "array"));
        if structured { exact::read(body)? } else { parameters::coerce(property, text) }
    };
    parts.object.insert(name, value);
    Ok(())
}

fn attribute(disposition: &str, wanted: &str) -> Option<String> {
    disposition.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let own = name.trim().eq_ignore_ascii_case(wanted);
        own.then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TYPE: &str = "multipart/form-data; boundary=\"b\"";

    #[test]
    fn parts_are_texts_files_and_json() {
        let schema = json!({ "properties": {
            "file": { "contentMediaType": "application/octet-stream" },
            "public": { "type": "boolean" },
            "meta": { "type": "object" },
        } });
        let body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n\xff\r\n--\r\n--b\r\n\
            content-disposition: form-data; name=public\r\n\r\ntrue\r\n--b\r\n\
            Content-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--b--\r\n";
        let parts = read(&schema, TYPE, body).unwrap();
        assert_eq!(
            Value::Object(parts.object),
            json!({ "file": "", "public": true, "meta": { "a": 1 } })
        );
        assert_eq!(parts.octets, 5);
    }

    #[test]
    fn broken_forms_are_told() {
        for body in [&b""[..], b"--b", b"--b\r\n\r\n", b"--b\r\n\r\nx\r\n--b--"] {
            assert!(read(&json!({}), TYPE, body).is_err(), "{body:?}");
        }
        assert!(read(&json!({}), "multipart/form-data", b"--b--").is_err());
        assert!(read(&json!({}), TYPE, b"--b--").unwrap().object.is_empty());
    }
}
