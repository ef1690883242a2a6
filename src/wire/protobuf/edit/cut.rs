//! Messages that end too early.

use super::{Edit, Verdict, bounded, cut, fields_where};
use crate::wire::protobuf::Payload;

pub(super) static EDITS: &[Edit] = &[Edit {
    name: "message_cut_short",
    verdict: Verdict::MustReject,
    explain: "a message ends one octet before a field of it does",
    places: |tree, _| {
        bounded(tree, fields_where(tree, |field| !matches!(field.payload, Payload::Unknown(_))))
    },
    apply: |tree, place| {
        cut(tree, place, |octets| {
            octets.pop();
        })
    },
}];
