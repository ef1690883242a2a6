//! The JSON reader: what is read and written again is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::value::read;

fuzz_target!(|octets: &[u8]| {
    let Ok(value) = read::json(octets) else { return };
    let written = value.to_string();
    assert_eq!(read::json(written.as_bytes()).as_ref(), Ok(&value), "{written}");
});
