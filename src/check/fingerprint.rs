//! How a gateway in front of the service answers by itself.

use super::normalise::normalise;
use crate::case::{Answer, Exchange};

/// How a gateway answers by itself, learned from a path that no service has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The status it gave.
    pub status: u16,
    /// `Server`, `Via` and the like: names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The media type of its error pages.
    pub media_type: Option<String>,
    /// The begin of its error page, statuses, numbers and the path taken out.
    pub page: String,
}

/// Headers that tell who answered.
const TELLING: [&str; 4] = ["server", "via", "x-powered-by", "x-served-by"];

/// Servers that are gateways as a rule, and hold requests back unless they are told not to
/// (`proxy_request_buffering on`), by the begin of `Server`.
const HOLDING_BACK: [&str; 4] = ["nginx", "openresty", "tengine", "cloudflare"];

/// Reason phrases (RFC 9110, section 15) and what common gateways write for them; an error page is
/// the same page whichever stands in it.
const PHRASES: [&str; 40] = [
    "bad request",
    "unauthorized",
    "unauthenticated",
    "authorization required",
    "authentication required",
    "payment required",
    "access denied",
    "forbidden",
    "not found",
    "method not allowed",
    "not allowed",
    "not acceptable",
    "request timeout",
    "request time-out",
    "conflict",
    "length required",
    "precondition failed",
    "request entity too large",
    "payload too large",
    "content too large",
    "request-uri too large",
    "request-uri too long",
    "uri too long",
    "unsupported media type",
    "range not satisfiable",
    "expectation failed",
    "unprocessable entity",
    "unprocessable content",
    "too many requests",
    "request header or cookie too large",
    "request header fields too large",
    "internal server error",
    "not implemented",
    "bad gateway",
    "service temporarily unavailable",
    "service unavailable",
    "temporarily unavailable",
    "gateway timeout",
    "gateway time-out",
    "http version not supported",
];

/// What stands in the error pages of common gateways, in lower case.
const GATEWAY_PAGES: [&str; 9] = [
    "<center>nginx",
    "<center>openresty",
    "<center>cloudflare",
    "<title>502 proxy error",
    "upstream connect error or disconnect/reset before headers",
    "no healthy upstream",
    "the server returned an invalid or incomplete response",
    "no server is available to handle this request",
    "<hr><center>",
];

impl Fingerprint {
    /// Learns from the answer to a path that no service has. `None` where no answer came, or it bears
    /// no mark at all.
    pub fn learn(exchange: &Exchange) -> Option<Self> {
        let answer = exchange.answer()?;
        let learned = Self {
            status: answer.status,
            headers: TELLING
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), answer.header(name)?.to_owned())))
                .collect(),
            media_type: answer.media_type(),
            page: page(answer, exchange),
        };
        (!learned.headers.is_empty() || !learned.page.is_empty()).then_some(learned)
    }

    /// Whether an answer is the gateway's own: the same marks and the same page, but for status,
    /// reason phrase, numbers and path. One that refuses what is not there serves nothing by itself.
    pub fn matches(&self, exchange: &Exchange) -> bool {
        exchange.answer().is_some_and(|answer| {
            (self.is_catch_all() || answer.status >= 400)
                && self.media_type == answer.media_type()
                && self.headers.iter().all(|(name, value)| answer.header(name) == Some(value))
                && self.page == page(answer, exchange)
        })
    }

    /// The mark of a gateway that may take in all of a request before it sends it on, where an answer of the
    /// service bears one: `via: 1.1 edge` (RFC 9110, section 7.6.3), `server: nginx`.
    pub fn holds_back(exchange: &Exchange) -> Option<String> {
        let answer = exchange.answer()?;
        let via = answer.header("via").map(|value| format!("via: {value}"));
        let is_gateway = |server: &&str| {
            let product = server.to_ascii_lowercase();
            HOLDING_BACK.iter().any(|known| product.starts_with(known))
        };
        let server = || answer.header("server").filter(is_gateway);
        via.or_else(|| server().map(|value| format!("server: {value}")))
    }

    /// Whether a path that no service has is served: then being served says nothing about a path.
    pub fn is_catch_all(&self) -> bool {
        (200..400).contains(&self.status)
    }

    /// Whether an answer is one of a common gateway's own error pages, learned or not.
    pub fn is_known_gateway(exchange: &Exchange) -> bool {
        let Some(answer) = exchange.answer().filter(|answer| answer.status >= 400) else {
            return false;
        };
        if answer.header("server").is_some_and(|server| server.starts_with("awselb/")) {
            return true;
        }
        if answer.media_type().is_none_or(|media| !media.starts_with("text/")) {
            return false;
        }
        let head = answer.body.get(..answer.body.len().min(2048)).unwrap_or_default();
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        GATEWAY_PAGES.iter().any(|mark| text.contains(mark))
    }
}

fn page(answer: &Answer, exchange: &Exchange) -> String {
    let head = answer.body.get(..answer.body.len().min(1024)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let target = &exchange.sent.target;
    let path = target.split('?').next().unwrap_or_default();
    let mut text = text.into_owned();
    for echoed in [target.as_str(), path, exchange.sent.method.as_str()] {
        if echoed.len() > 1 {
            text = text.replace(echoed, "");
        }
    }
    text.make_ascii_lowercase();
    for phrase in PHRASES {
        if text.contains(phrase) {
            text = text.replace(phrase, "");
        }
    }
    normalise(&text, &[])
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Said, seen_with};
    use super::*;

    fn learn(said: Said) -> Fingerprint {
        seen_with(said, |seen| Fingerprint::learn(seen.exchange)).unwrap()
    }

    fn matches(print: &Fingerprint, said: Said) -> bool {
        seen_with(said, |seen| print.matches(seen.exchange))
    }

    fn nginx(status: u16, reason: &str) -> Said {
        let page = format!(
            "<html><head><title>{status} {reason}</title></head><body><center><h1>{status} \
             {reason}</h1></center><hr><center>front/1.25.3</center></body></html>"
        );
        Said::answer("GET /orders", status)
            .header("server", "front/1.25.3")
            .header("content-type", "text/html")
            .body(&page)
    }

    #[test]
    fn what_may_hold_requests_back_is_known_by_its_mark() {
        let mark = |name, value| {
            let said = Said::answer("GET /a", 200).header(name, value);
            seen_with(said, |seen| Fingerprint::holds_back(seen.exchange))
        };
        assert_eq!(mark("via", "1.1 edge").unwrap(), "via: 1.1 edge");
        assert_eq!(mark("server", "nginx/1.25").unwrap(), "server: nginx/1.25");
        assert_eq!(mark("server", "gunicorn"), None);
    }

    #[test]
    fn one_gateway_is_known_by_all_its_pages() {
        let print = learn(nginx(404, "Not Found"));
        for (status, reason) in [
            (502, "Bad Gateway"),
            (504, "Gateway Time-out"),
            (413, "Request Entity Too Large"),
            (429, "Too Many Requests"),
        ] {
            assert!(matches(&print, nginx(status, reason)), "{status}");
        }
    }

    #[test]
    fn an_answer_of_the_service_behind_it_is_not_the_gateways() {
        let print = learn(nginx(404, "Not Found"));
        let own = Said::answer("GET /orders", 502)
            .header("server", "front/1.25.3")
            .json(r#"{"error":"card processor unreachable"}"#);
        assert!(!matches(&print, own));
    }

    #[test]
    fn a_success_is_not_the_gateways_that_refuses_what_is_not_there() {
        let said = |status| Said::answer("GET /orders", status).json("{}");
        let print = learn(said(404));
        assert!(matches(&print, said(502)) && !matches(&print, said(202)));
        assert!(matches(&learn(said(200)), said(202)), "it serves everything");
    }

    #[test]
    fn the_path_and_time_in_a_page_do_not_matter() {
        let said = |path: &str, time: &str| {
            Said::answer("GET /orders", 404).target(path).json(&format!(
                r#"{{"timestamp":"{time}","status":404,"error":"Not Found","path":"{path}"}}"#
            ))
        };
        let print = learn(said("/no-such-thing-1", "2025-01-01T00:00:00Z"));
        assert!(matches(&print, said("/orders/7", "2025-06-07T08:09:10.123+00:00")));
    }

    #[test]
    fn common_gateways_are_known_unlearned() {
        let known =
            |said: Said| seen_with(said, |seen| Fingerprint::is_known_gateway(seen.exchange));
        assert!(known(nginx(502, "Bad Gateway")));
        let envoy = Said::answer("GET /orders", 503).header("content-type", "text/plain").body(
            "upstream connect error or disconnect/reset before headers. reset reason: overflow",
        );
        assert!(known(envoy));
        assert!(!known(
            Said::answer("GET /orders", 500).json(r#"{"error":"no healthy upstream"}"#)
        ));
    }

    #[test]
    fn an_answer_without_any_mark_teaches_nothing() {
        let learned =
            seen_with(Said::answer("GET /orders", 404), |s| Fingerprint::learn(s.exchange));
        assert_eq!(learned, None);
    }
}
