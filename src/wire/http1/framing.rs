//! What a head says of the body that follows (RFC 9112, section 6.3).

use bytes::Bytes;

use crate::case::Header;

/// Fields that nearly all heads have room in.
const USUAL_FIELDS: usize = 32;

/// The head of an answer.
pub(super) struct Head {
    pub(super) status: u16,
    /// Minor version of HTTP/1.
    minor: u8,
    pub(super) headers: Vec<Header>,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

impl Head {
    fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        // A field with a list may be split over several lines (RFC 9110, section 5.3).
        self.headers
            .iter()
            .filter(move |h| h.name.eq_ignore_ascii_case(name))
            .flat_map(|h| h.value.split(|octet| *octet == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|value| !value.is_empty())
    }

    /// How the body is framed.
    pub(super) fn framing(&self) -> Result<Framing, String> {
        if let Some(last) = self.values("transfer-encoding").last() {
            let chunked = last.eq_ignore_ascii_case(b"chunked");
            return Ok(if chunked { Framing::Chunked } else { Framing::UntilClose });
        }
        let mut length = None;
        for value in self.values("content-length") {
            let text = String::from_utf8_lossy(value);
            let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
            let read: u64 = text
                .parse()
                .ok()
                .filter(|_| digits)
                .ok_or_else(|| format!("its content-length `{text}` is no number"))?;
            if length.is_some_and(|length| length != read) {
                return Err("it has two different content-lengths".to_owned());
            }
            length = Some(read);
        }
        Ok(length.map_or(Framing::UntilClose, Framing::Length))
    }

    /// Whether the connection may serve another exchange afterwards (RFC 9112, section 9.3): it stays
    /// open, and where the next answer begins is beyond doubt.
    pub(super) fn persistent(&self) -> bool {
        let says = |word: &[u8]| self.values("connection").any(|v| v.eq_ignore_ascii_case(word));
        !says(b"close") && (self.minor >= 1 || says(b"keep-alive")) && !self.is_doubtful()
    }

    /// Whether it is framed in two ways, or announces a body where none may be (RFC 9112, sections 6.1
    /// and 6.3): octets may follow that no one expects.
    fn is_doubtful(&self) -> bool {
        let mut lengths = self.values("content-length");
        let chunked = self.values("transfer-encoding").next().is_some();
        if self.status == 204 {
            chunked || lengths.any(|length| length != b"0")
        } else {
            chunked && lengths.next().is_some()
        }
    }
}

/// The length of a block of fields with the empty line that ends it; searched from `from` on.
pub(super) fn end_of_fields(octets: &[u8], from: usize) -> Option<usize> {
    let mut at = from.saturating_sub(1);
    while let Some(found) = octets.get(at..)?.iter().position(|octet| *octet == b'\n') {
        at += found + 1;
        match octets.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// Reads a whole head; the values of its fields share its octets.
pub(super) fn head(octets: &Bytes, most: usize) -> Result<Head, String> {
    let mut config = httparse::ParserConfig::default();
    config.allow_spaces_after_header_name_in_responses(true);
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.allow_multiple_spaces_in_response_status_delimiters(true);
    with_room(most, |fields| {
        let mut response = httparse::Response::new(fields);
        match config.parse_response(&mut response, octets) {
            Ok(httparse::Status::Complete(_)) => Ok(Ok(Head {
                status: response.code.unwrap_or_default(),
                minor: response.version.unwrap_or_default(),
                headers: response.headers.iter().map(|field| owned(field, octets)).collect(),
            })),
            Ok(httparse::Status::Partial) => Ok(Err("its head does not end".to_owned())),
            Err(error) => Err(error),
        }
    })
}

/// Reads a whole block of fields; their values share its octets.
pub(super) fn fields(octets: &Bytes, most: usize) -> Result<Vec<Header>, String> {
    let all =
        |fields: &[httparse::Header<'_>]| fields.iter().map(|field| owned(field, octets)).collect();
    with_room(most, |fields| match httparse::parse_headers(octets, fields)? {
        httparse::Status::Complete((_, fields)) => Ok(Ok(all(fields))),
        httparse::Status::Partial => Ok(Err("they do not end".to_owned())),
    })
}

fn owned(field: &httparse::Header<'_>, octets: &Bytes) -> Header {
    Header { name: field.name.to_owned(), value: octets.slice_ref(field.value) }
}

/// Calls `read` with room for more and more fields, at most `most`.
fn with_room<'o, T>(
    most: usize,
    read: impl Fn(&mut [httparse::Header<'o>]) -> Result<Result<T, String>, httparse::Error>,
) -> Result<T, String> {
    let mut usual = [httparse::EMPTY_HEADER; USUAL_FIELDS];
    let mut room = USUAL_FIELDS.min(most);
    let mut result = read(&mut usual[..room]);
    loop {
        match result {
            Ok(result) => return result,
            Err(httparse::Error::TooManyHeaders) if room < most => {
                room = (room * 4).min(most);
                result = read(&mut vec![httparse::EMPTY_HEADER; room]);
            }
            Err(httparse::Error::TooManyHeaders) => {
                return Err(format!("it has more than {most} header fields"));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Reads the line of a chunk size, without its line feed; extensions are passed over.
pub(super) fn chunk_size(line: &[u8]) -> Result<u64, String> {
    let size = line.split(|octet| *octet == b';').next().unwrap_or_default().trim_ascii();
    let text = String::from_utf8_lossy(size);
    if size.is_empty() || !size.iter().all(u8::is_ascii_hexdigit) {
        return Err(format!("the chunk size `{text}` is not hexadecimal"));
    }
    u64::from_str_radix(&text, 16).map_err(|_| format!("the chunk size `{text}` is too large"))
}
