//! Percent-encoding (RFC 3986, section 2.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Everything but the unreserved characters of RFC 3986, section 2.3.
pub(super) const DATA: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Octets as they stand in any place of a URL: all but the unreserved characters encoded.
pub(super) fn text(octets: &[u8]) -> String {
    percent_encode(octets, DATA).to_string()
}
