//! The document loader: whatever the octets are, they become a service or an error, and every
//! schema in them can be judged by and drawn from.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::generate::catalogue;
use phi_fuzz::spec::load;
use phi_fuzz::value::Value;

/// Operations of a document that are looked at further.
const LOOKED_AT: usize = 4;

fuzz_target!(|octets: &[u8]| {
    let Ok(loaded) = load::alone("fuzz.yaml", octets) else { return };
    for operation in loaded.service.operations.iter().take(LOOKED_AT) {
        for parameter in &operation.parameters {
            let _ = parameter.schema.violations(&Value::Null);
        }
        let _ = catalogue::baseline(operation);
    }
});
