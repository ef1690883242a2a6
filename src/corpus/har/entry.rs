//! One entry of a HAR file: a request and its answer.

use crate::case::{Answer, Header};
use crate::value::Value;

/// A request and its answer, as far as they are of use.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Host and port.
    pub(super) host: String,
    pub(super) method: String,
    /// Percent-encoded, without query.
    pub(super) path: String,
    /// Percent-encoded; empty where there is none.
    pub(super) query: String,
    pub(super) headers: Vec<(String, String)>,
    /// Media type and text of the body.
    pub(super) body: Option<(String, String)>,
    pub(super) answer: Answer,
}

impl Entry {
    /// The entry; `None` where it holds no request over HTTP.
    pub(super) fn of(entry: &Value) -> Option<Self> {
        let request = entry.get("request")?;
        let url = text(request, "url")?;
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (host, target) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let body = request.get("postData").and_then(|body| {
            let kind = text(body, "mimeType").unwrap_or_default();
            Some((kind.to_owned(), text(body, "text")?.to_owned()))
        });
        let response = entry.get("response");
        let status = response.and_then(|response| response.get("status")?.as_i64());
        let content = response.and_then(|response| response.get("content"));
        let plain = content.filter(|content| content.get("encoding").is_none());
        let shown = plain.and_then(|content| text(content, "text")).unwrap_or_default();
        Some(Self {
            host: host.to_owned(),
            method: text(request, "method")?.to_ascii_uppercase(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: fields(request),
            body: body.filter(|(_, text)| !text.is_empty()),
            answer: Answer {
                status: status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default(),
                headers: response
                    .map(fields)
                    .unwrap_or_default()
                    .into_iter()
                    .map(|(name, value)| Header { name, value: value.into() })
                    .collect(),
                body: shown.to_owned().into(),
                ..Answer::default()
            },
        })
    }

    /// Whether it was answered 2xx.
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.answer.status)
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn fields(message: &Value) -> Vec<(String, String)> {
    let listed = message.get("headers").and_then(Value::as_array).unwrap_or_default();
    let field =
        |field: &Value| Some((text(field, "name")?.to_owned(), text(field, "value")?.to_owned()));
    listed.iter().filter_map(field).collect()
}
