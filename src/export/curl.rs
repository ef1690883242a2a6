//! curl: one command line that sends a request to the octet, where curl can.

use super::shell;
use crate::case::{Header, HttpVersion};
use crate::wire::{Framing, Request};

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
    line.headers(request, http);
    let input = line.body(request);
    line.target(base, &request.target);
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
        let usual = if request.body.is_empty() { "GET" } else { "POST" };
        if request.method == "HEAD" && request.body.is_empty() {
            // `-X HEAD` would wait for the body that `Content-Length` announces.
            self.words.push("--head".to_owned());
        } else if request.method.is_empty() {
            self.note("curl cannot send an empty method: it sends its own");
        } else if request.method != usual || self.sends_length(request) {
            self.option("-X", request.method.as_bytes());
        }
    }

    /// Whether an empty body is announced, as requests are that usually have one (RFC 9110, section
    /// 8.6).
    #[expect(clippy::unused_self, reason = "reads as the other parts of the line do")]
    fn sends_length(&self, request: &Request) -> bool {
        let usual = matches!(&*request.method, "POST" | "PUT" | "PATCH");
        request.body.is_empty() && request.framing == Framing::Length && usual
    }

    fn headers(&mut self, request: &Request, http: HttpVersion) {
        for header in &request.headers {
            self.header(header);
        }
        let has = |name: &str| {
            request.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name))
        };
        let mut own = vec!["User-Agent", "Accept"];
        let data = !request.body.is_empty() || self.sends_length(request);
        if data {
            own.push("Content-Type");
        }
        if request.body.len() > EXPECT_LIMIT {
            own.push("Expect");
        }
        match request.framing {
            Framing::Length => {}
            Framing::Chunked(size) if http == HttpVersion::Http1 => {
                if !has("Transfer-Encoding") {
                    self.option("-H", b"Transfer-Encoding: chunked");
                }
                if size < request.body.len() {
                    self.note("curl cuts chunks of its own length");
                }
            }
            Framing::Chunked(_) => {}
            Framing::Announced if http == HttpVersion::Http1 => {
                self.announced(request);
                if data && !has("Transfer-Encoding") {
                    own.push("Content-Length");
                }
            }
            Framing::Announced => {}
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
        let field = match blank {
            true => [name, b";"].concat(),
            false => [name, b": ", &header.value].concat(),
        };
        self.option("-H", &field);
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
            if self.sends_length(request) {
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

    fn target(&mut self, base: &str, target: &str) {
        let base = base.trim_end_matches('/');
        let address = format!("{base}{target}");
        // What curl would refuse, cut off or rewrite in an address it sends as it is when told so.
        let fits = |octet: u8| octet.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&octet);
        let origin = match base.split_once("://") {
            Some((scheme, rest)) => {
                format!("{scheme}://{}", rest.split('/').next().unwrap_or_default())
            }
            None => base.split('/').next().unwrap_or_default().to_owned(),
        };
        if target.starts_with('/') && target.bytes().all(fits) && !rewritten(target) {
            if target.contains("/.") {
                self.words.push("--path-as-is".to_owned());
            }
            if address.contains(['[', ']']) {
                self.words.push("-g".to_owned());
            }
            self.argument(address.as_bytes());
            return;
        }
        let path = base.get(origin.len()..).unwrap_or_default();
        self.option("--request-target", format!("{path}{target}").as_bytes());
        if origin.contains('[') {
            self.words.push("-g".to_owned());
        }
        self.argument(origin.as_bytes());
    }
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
