//! Any octets are a tree that gives them back, and every edit of it is written.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use phi_fuzz::wire::protobuf::{edit, encode, listing, parse, unknown};

fuzz_target!(|octets: &[u8]| {
    let octets = Bytes::copy_from_slice(octets);
    let mut tree = parse(&octets, &unknown);
    assert_eq!(encode(&tree), octets);
    tree.open_plausible();
    assert_eq!(encode(&tree), octets);
    let _ = listing(&tree);
    for edit in edit::all() {
        for place in edit.places(&tree, &unknown) {
            if let Some(edited) = edit.apply(&tree, &place) {
                assert_ne!(encode(&edited), octets);
            }
        }
    }
});
