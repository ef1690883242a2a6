//! Documents for the tests of generation.

use std::sync::Arc;

use crate::schema::Documents;
use crate::spec::{Operation, Service, openapi};
use crate::value::{Value, read};

/// A JSON value.
pub(super) fn json(text: &str) -> Value {
    read::json(text.as_bytes()).unwrap()
}

/// The service of an OpenAPI 3.1 document with these paths.
pub(super) fn service(paths: &str) -> Service {
    let document =
        format!(r#"{{"openapi":"3.1.0","info":{{"title":"shop","version":"1"}},"paths":{paths}}}"#);
    let (documents, root) = Documents::single(json(&document));
    openapi::read(&Arc::new(documents), &root).unwrap()
}

/// An operation that takes such a JSON body and these parameters.
pub(super) fn taking(body: &str, parameters: &str) -> Operation {
    let paths = format!(
        r#"{{"/things":{{"post":{{"parameters":[{parameters}],"requestBody":{{"required":true,
            "content":{{"application/json":{{"schema":{body}}}}}}},"responses":{{}}}}}}}}"#
    );
    service(&paths).operations.into_iter().next().unwrap()
}
