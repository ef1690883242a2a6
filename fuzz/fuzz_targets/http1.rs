//! The HTTP/1.1 reader: the pieces in which an answer comes never change what it is.
//!
//! The first octet chooses the method and how the connection ends, the second the size of the
//! pieces; the rest is the answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::wire::http1::{Decoder, End, Limits};

const METHODS: [&str; 4] = ["GET", "HEAD", "CONNECT", "POST"];
const ENDS: [End; 3] = [End::Closed, End::Reset, End::TimedOut];

fuzz_target!(|octets: &[u8]| {
    let [choice, size, answer @ ..] = octets else { return };
    let method = METHODS[usize::from(choice % 4)];
    let end = ENDS[usize::from(choice / 4 % 3)];
    // Small enough that the limits are met.
    let limits = Limits { head: 512, fields: 16, body: 256, interim: 4 };
    let read = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut decoder = Decoder::new(method, limits);
        for piece in pieces {
            decoder.feed(piece);
        }
        let ended = decoder.end(end);
        (format!("{:?}", ended.outcome), ended.reusable, ended.surplus)
    };
    let whole = read(&mut std::iter::once(answer));
    let pieces = read(&mut answer.chunks(usize::from(*size).max(1)));
    assert_eq!(whole, pieces);
});
