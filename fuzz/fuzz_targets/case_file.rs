//! The case file reader: what is read and written again is read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::case::file;

fuzz_target!(|octets: &[u8]| {
    let Ok(finding) = file::read(octets) else { return };
    let written = file::write(&finding);
    match file::read(written.as_bytes()) {
        Ok(again) => assert_eq!(again, finding, "{written}"),
        Err(error) => panic!("{error}: {written}"),
    }
});
