//! `uuid` of RFC 9562, section 4: groups of 8, 4, 4, 4 and 12 hexadecimal digits of any version.

use super::Edge;

pub(super) fn valid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

pub(super) const EDGES: &[Edge] = &[
    ("nil", "00000000-0000-0000-0000-000000000000"),
    ("max", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ("version 1", "c232ab00-9414-11ec-b3c8-9f6bdeced846"),
    ("version 3", "5df41881-3aed-3515-88a7-2f4a814cf09e"),
    ("version 4", "919108f7-52d1-4320-9bac-f847db4148a8"),
    ("version 5", "2ed6657d-e927-568b-95e1-2665a8aea6a2"),
    ("version 6", "1ec9414c-232a-6b00-b3c8-9f6bdeced846"),
    ("version 7", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
    ("version 8", "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"),
    ("capital letters", "919108F7-52D1-4320-9BAC-F847DB4148A8"),
    ("letters of both kinds", "919108f7-52D1-4320-9bac-F847db4148a8"),
    ("another variant", "919108f7-52d1-4320-cbac-f847db4148a8"),
    ("digits that look like a number", "00000000-0000-4000-8000-000000001e10"),
];

pub(super) const NEAR_MISSES: &[Edge] = &[
    ("braces", "{919108f7-52d1-4320-9bac-f847db4148a8}"),
    ("the form of a URN", "urn:uuid:919108f7-52d1-4320-9bac-f847db4148a8"),
    ("no hyphens", "919108f752d143209bacf847db4148a8"),
    ("a digit short", "919108f7-52d1-4320-9bac-f847db4148a"),
    ("a digit over", "919108f7-52d1-4320-9bac-f847db4148a8a"),
    ("a letter that is no digit", "919108f7-52d1-4320-9bac-f847db4148ag"),
    ("a hyphen out of place", "919108f75-2d1-4320-9bac-f847db4148a8"),
    ("a space in front", " 919108f7-52d1-4320-9bac-f847db4148a8"),
    ("underscores", "919108f7_52d1_4320_9bac_f847db4148a8"),
    ("a small number", "1"),
    ("nothing", ""),
];
