//! A service of gRPC that tells itself: `grpc://host:port`, `grpcs://host:port`.

use std::sync::Arc;

use super::fetch::{self, NoAnswer};
use super::{Attempt, Error, Loaded, MAX_BYTES, Options};
use crate::schema::{Documents, address};
use crate::spec::protobuf::{self, REFLECTION, Reflection};

/// How often more is asked for: imports of imports.
const ROUNDS: usize = 32;

/// The address to ask where a source is a service of gRPC.
pub(super) fn asked(source: &str) -> Option<String> {
    let (scheme, rest) = source.split_once("://")?;
    let scheme = match &*scheme.to_ascii_lowercase() {
        "grpc" => "http",
        "grpcs" => "https",
        _ => return None,
    };
    address::origin(&format!("{scheme}://{rest}"))
}

/// The service at an origin, as it tells itself.
///
/// # Errors
/// It is not there, speaks no gRPC, or tells nothing of itself.
pub(super) async fn load(source: &str, origin: &str, options: &Options) -> Result<Loaded, Error> {
    let wrong = |why: String| Error::Reflection { address: source.to_owned(), why };
    let client = fetch::rpc_client(origin, options).map_err(wrong)?;
    let mut attempts = Vec::new();
    for method in REFLECTION {
        let url = format!("{origin}/{method}");
        match gather(&client, &url, options).await {
            Ok(reflection) => {
                let pool = reflection.pool().map_err(wrong)?;
                let service = protobuf::service(&pool, None).map_err(wrong)?;
                let documents = Arc::new(Documents::new());
                return Ok(Loaded { service, documents, address: source.to_owned(), attempts });
            }
            Err(Refused::Unknown(outcome)) => attempts.push(Attempt { url, outcome }),
            Err(Refused::Wrong(why)) => return Err(wrong(why)),
            Err(Refused::Absent(why)) => {
                return Err(Error::Absent { address: source.to_owned(), why });
            }
        }
    }
    let told: Vec<&str> = attempts.iter().map(|attempt| &*attempt.outcome).collect();
    Err(wrong(format!("does not tell itself by reflection ({})", told.join("; "))))
}

/// Why a service tells nothing.
enum Refused {
    /// It has no such method.
    Unknown(String),
    /// It is not there.
    Absent(String),
    /// Anything else.
    Wrong(String),
}

/// All that a service tells by a method.
async fn gather(
    client: &reqwest::Client,
    url: &str,
    options: &Options,
) -> Result<Reflection, Refused> {
    let mut reflection = Reflection::new().map_err(Refused::Wrong)?;
    for _ in 0..ROUNDS {
        let Some(body) = reflection.ask() else { return Ok(reflection) };
        let told = ask(client, url, body, options).await?;
        reflection.told(&told).map_err(Refused::Wrong)?;
    }
    Err(Refused::Wrong("imports files without an end".to_owned()))
}

/// The body of an answer of gRPC.
async fn ask(
    client: &reqwest::Client,
    url: &str,
    body: Vec<u8>,
    options: &Options,
) -> Result<Vec<u8>, Refused> {
    let mut request = client
        .post(url)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("user-agent", concat!("phi-fuzz/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &options.headers {
        request = request.header(name, value);
    }
    let mut response = request.body(body).send().await.map_err(refused)?;
    let field = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let is_grpc = field("content-type").is_some_and(|kind| kind.starts_with("application/grpc"));
    if response.status() == 404 {
        return Err(Refused::Unknown("404".to_owned()));
    }
    if !is_grpc {
        let kind = field("content-type").unwrap_or_else(|| "no content type".to_owned());
        return Err(Refused::Wrong(format!(
            "answers {} with {kind}, and no gRPC; is this the port of another protocol?",
            response.status().as_u16()
        )));
    }
    let (code, message) = (field("grpc-status"), field("grpc-message"));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(refused)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(Refused::Wrong(format!("answers more than {} MiB", MAX_BYTES >> 20)));
        }
    }
    match code.as_deref() {
        Some("12") => Err(Refused::Unknown("UNIMPLEMENTED".to_owned())),
        Some(code) if code != "0" => {
            let message = message.unwrap_or_default();
            Err(Refused::Wrong(format!("refuses to tell itself: status {code} {message}")))
        }
        // A status that comes behind the body is not seen here: nothing was told, then.
        _ if bytes.is_empty() => Err(Refused::Unknown("told nothing".to_owned())),
        _ => Ok(bytes),
    }
}

/// Why there is no answer: what speaks another protocol is told from what is not there.
fn refused(error: reqwest::Error) -> Refused {
    let is_connecting = error.is_connect();
    let NoAnswer { why, is_absent } = error.into();
    if is_absent {
        return Refused::Absent(why);
    }
    Refused::Wrong(if is_connecting {
        // What a plain service answers to a greeting of TLS is none.
        let plain = if why.contains("corrupt message") { "; is it plain (grpc://)?" } else { "" };
        format!("cannot be reached: {why}{plain}")
    } else {
        format!(
            "does not answer in HTTP/2: {why}; is it behind TLS (grpcs://) or plain (grpc://), or no service of gRPC?"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_grpc_is_known_by_its_scheme() {
        assert_eq!(asked("grpc://127.0.0.1:50051/x").as_deref(), Some("http://127.0.0.1:50051"));
        assert_eq!(asked("GRPCS://shop.test").as_deref(), Some("https://shop.test"));
        assert_eq!(asked("http://shop.test"), None);
        assert_eq!(asked("shop.proto"), None);
    }
}
