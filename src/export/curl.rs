//! curl: one command line that sends a request to the octet, where curl can.

use super::shell;
use crate::case::{Header, HttpVersion};
use crate::wire::{Framing, Head, Host, Request, TargetForm};

/// A request in the language of another tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// What to type.
    pub line: String,
    /// Where what is sent differs from the request, each a sentence for a person; empty where it
    /// does not.
    pub notes: Vec<String>,
}

/// Longest body that is an argument; the system allows 128 KiB, and lines should be readable.
const ARGUMENT_LIMIT: usize = 8 << 10;

/// From this body on curl asks with `Expect: 100-continue` unless told not to.
const EXPECT_LIMIT: usize = 64 << 10;

/// A request as a line for curl 7.55 or later in a POSIX shell. `base` is what stands before the
/// target: `http://127.0.0.1:8080` or with a path.
///
/// Header fields that curl would add by itself are taken off; only `Host` and the length of the
/// body are left to it. Where curl cannot send the request as it is, the line comes as near as it
/// can, and a note says what differs.
pub fn curl(base: &str, request: &Request, http: HttpVersion) -> Exported {
    let mut line = Line { words: vec!["curl".to_owned(), "-i".to_owned()], notes: Vec::new() };
    line.version(base, http);
    line.method(request);
    line.head(&request.head);
    line.headers(request, http);
    let input = line.body(request);
    line.target(base, request);
    if !request.perturb.is_empty() {
        line.note("curl cannot bend timing: the perturbations are left out; use `phi-fuzz replay`");
    }
    let mut text = line.words.join(" ");
    if let Some(input) = input {
        text = format!("{input} | {text}");
    }
    if text.contains("[secret:") {
        line.note("put the secrets in the places of [secret:NAME]");
    }
    Exported { line: text, notes: line.notes }
}

struct Line {
    words: Vec<String>,
    notes: Vec<String>,
}

impl Line {
    fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    fn option(&mut self, option: &str, value: &[u8]) {
        self.words.push(option.to_owned());
        self.argument(value);
    }

    /// An argument of a program ends at NUL.
    fn argument(&mut self, value: &[u8]) {
        if value.contains(&0) {
            self.note("curl cannot send NUL in the head: it is left out");
        }
        let value: Vec<u8> = value.iter().copied().filter(|octet| *octet != 0).collect();
        self.words.push(shell::word(&value));
    }

    fn version(&mut self, base: &str, http: HttpVersion) {
        let option = match http {
            HttpVersion::Http1 if base.starts_with("https:") => "--http1.1",
            HttpVersion::Http1 => return,
            HttpVersion::Http2 if base.starts_with("https:") => "--http2",
            HttpVersion::Http2 => "--http2-prior-knowledge",
        };
        self.words.push(option.to_owned());
    }

    fn method(&mut self, request: &Request) {
        let bare = request.body.is_empty();
        match &*request.method {
            // `-X HEAD` would wait for the body that `Content-Length` announces.
            "HEAD" if bare => self.words.push("--head".to_owned()),
            "GET" if bare => {}
            "" => self.note("curl cannot send an empty method: it sends its own"),
            method => {
                if method == "HEAD" {
                    self.note("curl waits for a body after HEAD with a body: end it by hand");
                }
                self.option("-X", method.as_bytes());
            }
        }
    }

    /// How the head is written, where that is not the right way.
    fn head(&mut self, head: &Head) {
        let (right, host) = (Head::default(), head.host);
        if head.before != right.before
            || head.line != right.line
            || head.line_end != right.line_end
            || !["HTTP/1.1", "HTTP/1.0"].contains(&head.version)
        {
            self.note(
                "curl cannot write the head as it is damaged on purpose: what it sends differs; use \
                 `phi-fuzz replay`",
            );
        }
        if head.version == "HTTP/1.0" {
            self.words.push("--http1.0".to_owned());
        }
        match host {
            Host::Once => {}
            Host::Missing => self.option("-H", b"Host:"),
            Host::Twice => self.note("curl sends Host once, not twice"),
        }
    }

    fn headers(&mut self, request: &Request, http: HttpVersion) {
        for header in &request.headers {
            self.header(header);
        }
        let has = |name: &str| {
            request.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name))
        };
        let mut own = vec!["User-Agent", "Accept"];
        let data = !request.body.is_empty() || announces_none(request);
        if data {
            own.push("Content-Type");
        }
        if request.body.len() > EXPECT_LIMIT {
            own.push("Expect");
        }
        let by_fields = has("Content-Length") || has("Transfer-Encoding");
        match request.framing {
            _ if http == HttpVersion::Http2 => {}
            Framing::Chunked(size) => {
                if !has("Transfer-Encoding") {
                    self.option("-H", b"Transfer-Encoding: chunked");
                }
                if size < request.body.len() {
                    self.note("curl cuts chunks of its own length");
                }
            }
            Framing::Length if !by_fields => {}
            Framing::Length | Framing::Announced => {
                self.announced(request);
                if data && !by_fields {
                    own.push("Content-Length");
                }
            }
        }
        for name in own {
            if !has(name) {
                self.option("-H", format!("{name}:").as_bytes());
            }
        }
    }

    fn header(&mut self, header: &Header) {
        let name = header.name.as_bytes();
        let odd =
            |octet: &u8| !octet.is_ascii_alphanumeric() && !b"!#$%&'*+-.^_`|~".contains(octet);
        if name.is_empty() || name.iter().any(odd) {
            self.note(format!(
                "curl cannot send the header name {:?}: the field is left out",
                header.name
            ));
            return;
        }
        if header.value.iter().any(|octet| matches!(octet, b'\r' | b'\n')) {
            self.note(format!("curl may not send the line end in the value of {}", header.name));
        }
        let blank = header.value.iter().all(u8::is_ascii_whitespace);
        // `name:` alone would take the field off.
        let rest = if blank { vec![b';'] } else { [b": ", &header.value[..]].concat() };
        self.option("-H", &[name, &rest].concat());
    }

    /// What the header fields announce of a body that stands as it is.
    fn announced(&mut self, request: &Request) {
        let values = |name: &str| {
            let of = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name));
            of.map(|header| header.value.clone()).collect::<Vec<_>>()
        };
        let (lengths, codings) = (values("Content-Length"), values("Transfer-Encoding"));
        let right = request.body.len().to_string();
        if !codings.is_empty() {
            self.note(
                "curl frames the body by itself where Transfer-Encoding stands: what it sends differs",
            );
        } else if lengths.len() > 1 || lengths.iter().any(|length| *length != right.as_bytes()) {
            self.note(
                "the announced length is wrong on purpose; curl may wait, mend it or refuse: use \
                 `phi-fuzz replay` to be sure",
            );
        } else if lengths.is_empty() && !request.body.is_empty() {
            self.note("the body is not announced on purpose; curl may announce it");
        }
    }

    /// The body; a command whose output is the body where it cannot be an argument.
    fn body(&mut self, request: &Request) -> Option<String> {
        if request.body.is_empty() {
            if announces_none(request) {
                self.option("--data-raw", b"");
            }
            return None;
        }
        let text = std::str::from_utf8(&request.body).is_ok_and(|text| {
            text.chars().all(|char| !char.is_control() || matches!(char, '\n' | '\t'))
        });
        if text && request.body.len() <= ARGUMENT_LIMIT {
            self.option("--data-raw", &request.body);
            return None;
        }
        self.words.extend(["--data-binary", "@-"].map(str::to_owned));
        Some(shell::print(&request.body))
    }

    fn target(&mut self, base: &str, request: &Request) {
        let base = base.trim_end_matches('/');
        let authority = base.find("://").map_or(0, |at| at + 3);
        let path = base[authority..].find('/').map_or(base.len(), |at| authority + at);
        let (origin, path) = base.split_at(path);
        let target = format!("{path}{}", request.target);
        // What curl would refuse, cut off or rewrite in an address it sends as it is when told so.
        let fits = |octet: u8| octet.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&octet);
        let usual = target.starts_with('/') && target.bytes().all(fits) && !rewritten(&target);
        let (option, address) = match request.head.form {
            TargetForm::Absolute => (Some(format!("{origin}{target}")), origin.to_owned()),
            TargetForm::Origin if usual => (None, format!("{origin}{target}")),
            TargetForm::Origin => (Some(target), origin.to_owned()),
        };
        if let Some(target) = option {
            self.option("--request-target", target.as_bytes());
        } else if address.contains("/.") {
            self.words.push("--path-as-is".to_owned());
        }
        if address.contains(['[', ']']) {
            self.words.push("-g".to_owned());
        }
        self.argument(address.as_bytes());
    }
}

/// Whether an empty body is announced, as requests are that usually have one (RFC 9110, section
/// 8.6).
fn announces_none(request: &Request) -> bool {
    let usual = matches!(&*request.method, "POST" | "PUT" | "PATCH");
    request.body.is_empty() && request.framing == Framing::Length && usual
}

/// Whether curl might write the percent-encoding in another way: lower-case digits, or none.
fn rewritten(target: &str) -> bool {
    let octets = target.as_bytes();
    let encoded = |at: usize| {
        let digit = |octet: &u8| octet.is_ascii_digit() || (b'A'..=b'F').contains(octet);
        octets.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(digit))
    };
    octets.iter().enumerate().any(|(at, octet)| *octet == b'%' && !encoded(at))
}

#[cfg(test)]
mod tests;
