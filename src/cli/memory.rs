//! What the last run was about, so that `phi-fuzz replay 1f3a9c20` needs no further word.
//!
//! A file in the folder for what is found, where version control does not see it. It holds no
//! secrets: documents and addresses only.

use std::path::Path;

use crate::corpus;
use crate::value::{Value, read, write};

/// The name of the file.
const FILE: &str = "last-run.json";

/// A service of the last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remembered {
    /// Its name.
    pub(super) name: String,
    /// Its documents, as they can be named from anywhere.
    pub(super) specs: Vec<String>,
    /// Its base address; nothing where it has methods of gRPC alone.
    pub(super) url: String,
    /// The address of its methods of gRPC.
    pub(super) rpc: Option<String>,
}

/// What is remembered in a folder; nothing where that cannot be read.
pub(super) fn recall(out: &Path) -> Vec<Remembered> {
    let services = std::fs::read(out.join(FILE)).ok().and_then(|octets| read::json(&octets).ok());
    let service = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let specs = value.get("specs")?.as_array()?.iter();
        Some(Remembered {
            name: text("name")?,
            specs: specs.filter_map(|spec| spec.as_str().map(str::to_owned)).collect(),
            url: text("url")?,
            rpc: text("rpc"),
        })
    };
    let services = services.as_ref().and_then(|all| all.get("services")).and_then(Value::as_array);
    services.unwrap_or_default().iter().filter_map(service).collect()
}

/// Remembers services in a folder that is there already.
pub(super) fn remember(out: &Path, services: &[Remembered]) {
    if !out.is_dir() {
        return;
    }
    let service = |service: &Remembered| {
        let specs = service.specs.iter().map(|spec| Value::text(absolute(spec))).collect();
        let mut members = vec![
            ("name", Value::text(service.name.as_str())),
            ("specs", Value::Array(specs)),
            ("url", Value::text(service.url.as_str())),
        ];
        members.extend(service.rpc.as_deref().map(|rpc| ("rpc", Value::text(rpc))));
        Value::object(members)
    };
    let all = Value::object([("services", Value::Array(services.iter().map(service).collect()))]);
    // A convenience: that it cannot be written spoils nothing of the run.
    let _ = corpus::write_whole(&out.join(FILE), (write::pretty(&all) + "\n").as_bytes());
}

/// A document as it can be named from anywhere; addresses stay as they are.
fn absolute(spec: &str) -> String {
    match std::path::absolute(spec) {
        Ok(path) if path.is_file() => path.display().to_string(),
        _ => spec.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(recall(folder.path()), []);
        let service = Remembered {
            name: "shop".to_owned(),
            specs: vec!["https://shop.test/openapi.json".to_owned()],
            url: "http://127.0.0.1:8080/api".to_owned(),
            rpc: Some("grpc://127.0.0.1:50051".to_owned()),
        };
        remember(folder.path(), std::slice::from_ref(&service));
        assert_eq!(recall(folder.path()), [service]);
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(recall(folder.path()), []);
    }
}
