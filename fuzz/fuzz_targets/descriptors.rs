//! Any octets are a descriptor set or an error, and what is a service has messages as schemas.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::spec::protobuf;

fuzz_target!(|octets: &[u8]| {
    if let Ok(pool) = protobuf::decode(octets) {
        let _ = protobuf::service(&pool, None);
    }
});
