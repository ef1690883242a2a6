//! From the bytes of a document to its value, whatever it is written in.

use super::{Error, MAX_BYTES, yaml};
use crate::schema::Lines;
use crate::value::{Value, read};

/// Reads a document in JSON or YAML, told apart by its first character.
///
/// # Errors
/// It is empty, too large, not UTF-8, a web page, or breaks the grammar.
pub fn document(address: &str, bytes: &[u8]) -> Result<(Value, Lines), Error> {
    let address = address.to_owned();
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge { address });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Error::Encoding { address, offset: error.valid_up_to() }),
    };
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Error::Empty { address });
    }
    if start.starts_with('<') {
        return Err(Error::Page { address });
    }
    if start.starts_with("syntax = \"proto") {
        let what = "is a protobuf file; give it a name that ends in `.proto`".to_owned();
        return Err(Error::NotOpenApi { address, what });
    }
    if start.starts_with(['{', '[']) {
        let failed = match read::json(bytes) {
            Ok(value) => return Ok((value, Lines::of_json(bytes))),
            Err(error) => error,
        };
        // Braces are YAML too, where keys need no quotes; but what is nearly JSON should be JSON.
        let (_, extension) = address.rsplit_once('.').unwrap_or_default();
        if matches!(extension, "yaml" | "yml") {
            return yaml::read(&address, text);
        }
        let end = failed.offset >= text.trim_end().len();
        let hint = if end { ": it ends too early; was it cut short?" } else { "" };
        return Err(Error::Syntax {
            address,
            format: "JSON",
            message: format!("{}{hint}", failed.message),
            line: failed.line,
            column: failed.column,
        });
    }
    yaml::read(&address, text)
}
