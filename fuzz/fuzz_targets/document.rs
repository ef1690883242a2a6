//! The document loader: whatever the octets are, they become a service or an error, and every
//! schema in them can be judged by and drawn from.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use phi_fuzz::generate::catalogue;
use phi_fuzz::schema::Documents;
use phi_fuzz::spec::{load, openapi};
use phi_fuzz::value::Value;

/// Operations of a document that are looked at further.
const LOOKED_AT: usize = 4;

fuzz_target!(|octets: &[u8]| {
    let Ok((value, lines)) = load::document("fuzz.yaml", octets) else { return };
    let mut documents = Documents::new();
    let root = documents.add("fuzz.yaml", value, Some(lines));
    while let Some(wanted) = documents.wanted() {
        documents.refuse(&wanted, "is not fetched");
    }
    let Ok(service) = openapi::read(&Arc::new(documents), &root) else { return };
    for operation in service.operations.iter().take(LOOKED_AT) {
        for parameter in &operation.parameters {
            let _ = parameter.schema.violations(&Value::Null);
        }
        let _ = catalogue::baseline(operation);
    }
});
