//! `[services.NAME]`

use super::section::{Place, Read, Section};
use crate::config::ServiceConfig;
use crate::value::Pointer;

const KEYS: [&str; 11] = [
    "spec", "url", "error-at", "stack", "health", "version", "setup", "teardown", "reset",
    "restart", "settle",
];

pub(super) fn read(name: &str, section: &Section<'_>) -> Read<ServiceConfig> {
    section.only(&KEYS)?;
    let specs = section.map("spec", |place| {
        place.one_or_more(|place| {
            let text = place.text()?;
            Ok(if text == "-" || text.contains("://") {
                text
            } else {
                place.beside(&text).display().to_string()
            })
        })
    })?;
    let urls = section.map("url", |place| place.one_or_more(|place| place.parsed(url)))?;
    let urls = urls.unwrap_or_default();
    let of =
        |scheme: &str, urls: &[String]| urls.iter().find(|url| url.starts_with(scheme)).cloned();
    Ok(ServiceConfig {
        name: Some(name.to_owned()),
        specs: specs.unwrap_or_default(),
        url: of("http", &urls),
        rpc: of("grpc", &urls),
        error_at: section.map("error-at", |place| place.parsed(Pointer::parse))?,
        stack: section.map("stack", Place::text)?,
        health: section.map("health", |place| place.parsed(call))?,
        version: section.map("version", |place| place.parsed(call))?,
        setup: section.map("setup", Place::text)?,
        teardown: section.map("teardown", Place::text)?,
        reset: section.map("reset", Place::text)?,
        restart: section.map("restart", Place::text)?,
        settle: section.map("settle", Place::duration)?.unwrap_or_default(),
    })
}

fn url(text: &str) -> Result<String, String> {
    if ["http://", "https://", "grpc://", "grpcs://"].iter().any(|own| text.starts_with(own)) {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is no address; write http://HOST:PORT, https://HOST or grpc://HOST:PORT"))
}

/// `GET /health`
fn call(text: &str) -> Result<String, String> {
    match text.split_once(' ') {
        Some((method, path))
            if path.starts_with('/') && method.bytes().all(|b| b.is_ascii_uppercase()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(format!("`{text}` is no call; write a method and a path: \"GET /health\"")),
    }
}
