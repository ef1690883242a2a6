//! Fields as octets, and back (RFC 7541). What goes out is literal and never indexed, so that it says
//! what it is meant to say, whatever the table of the other side.

use crate::case::Header;

/// What was wrong with a block of fields, a lower-case fragment.
type Broken = String;

/// Fields as literals without indexing, their names new (section 6.2.2).
pub(super) fn encode<'f>(fields: impl IntoIterator<Item = (&'f [u8], &'f [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        out.push(0);
        string(name, &mut out);
        string(value, &mut out);
    }
    out
}

/// A string without Huffman code (section 5.2).
fn string(octets: &[u8], out: &mut Vec<u8>) {
    integer(octets.len(), out);
    out.extend_from_slice(octets);
}

/// An integer with a prefix of seven bits (section 5.1).
fn integer(number: usize, out: &mut Vec<u8>) {
    const PREFIX: usize = (1 << 7) - 1;
    let Some(mut rest) = number.checked_sub(PREFIX) else {
        out.push(number as u8);
        return;
    };
    out.push(PREFIX as u8);
    while rest >= 1 << 7 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Reads blocks of fields in the order they come: each may build on those before.
pub(super) struct Decoder {
    inner: loona_hpack::Decoder<'static>,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

/// Octets of the table that the other side may have us keep: what it is without a word (RFC 9113,
/// section 6.5.2).
const TABLE: usize = 4_096;

impl Decoder {
    pub(super) fn new() -> Self {
        let mut inner = loona_hpack::Decoder::new();
        inner.set_max_allowed_table_size(TABLE);
        Self { inner }
    }

    /// The fields of a block.
    ///
    /// # Errors
    /// It is none, or holds more than `octets` or `fields`: few octets may stand for many.
    pub(super) fn decode(
        &mut self,
        block: &[u8],
        octets: usize,
        fields: usize,
    ) -> Result<Vec<Header>, Broken> {
        let mut all = Vec::new();
        let mut size = 0_usize;
        let mut count = 0_usize;
        self.inner
            .decode_with_cb(block, |name, value| {
                size = size.saturating_add(name.len() + value.len());
                count += 1;
                if size <= octets && count <= fields {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    all.push(Header { name, value: value.into_owned().into() });
                }
            })
            .map_err(|error| format!("its fields cannot be read: {error}"))?;
        if count > fields {
            return Err(format!("it has more than {fields} header fields"));
        }
        if size > octets {
            return Err(format!("its head is longer than {octets} octets"));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(headers: &[Header]) -> Vec<(&str, &[u8])> {
        headers.iter().map(|header| (&*header.name, &header.value[..])).collect()
    }

    #[test]
    fn literals_have_the_octets_of_the_standard() {
        // RFC 7541, section 5.1: 1337 with a prefix of five bits is 31 154 10; of seven 127 186 9.
        let mut out = Vec::new();
        integer(1_337, &mut out);
        assert_eq!(out, [127, 186, 9]);
        assert_eq!(encode([(&b"a"[..], &b"bc"[..])]), [0, 1, b'a', 2, b'b', b'c']);
    }

    #[test]
    fn the_blocks_of_the_standard_are_read_with_their_table() {
        // RFC 7541, appendices C.6.1 and C.6.2 without their later fields: Huffman code and indices.
        let mut decoder = Decoder::new();
        let first = [0x48, 0x82, 0x64, 0x02, 0x58, 0x85, 0xae, 0xc3, 0x77, 0x1a, 0x4b];
        let read = decoder.decode(&first, 1_000, 10).unwrap();
        assert_eq!(told(&read), [(":status", &b"302"[..]), ("cache-control", &b"private"[..])]);
        let read = decoder.decode(&[0x48, 0x83, 0x64, 0x0e, 0xff, 0xc0], 1_000, 10).unwrap();
        assert_eq!(told(&read), [(":status", &b"307"[..]), (":status", &b"302"[..])]);
    }

    #[test]
    fn what_is_no_block_or_too_much_is_told() {
        let mut decoder = Decoder::new();
        assert!(decoder.decode(&[0xff, 0xff], 100, 10).unwrap_err().contains("cannot be read"));
        assert!(decoder.decode(&[0x80], 100, 10).is_err(), "index 0");
        // A table of a mebibyte (section 6.3).
        assert!(decoder.decode(&[0x3f, 0xe1, 0xff, 0x3f, 0x82], 100, 10).is_err());
        assert!(decoder.decode(&[0x82; 11], 1_000, 10).unwrap_err().contains("more than 10"));
        assert!(decoder.decode(&[0x82; 11], 50, 100).unwrap_err().contains("longer than 50"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            fields in prop::collection::vec(
                ("[!-~]{0,40}", prop::collection::vec(any::<u8>(), 0..400)),
                0..8,
            ),
        ) {
            let block = encode(fields.iter().map(|(name, value)| (name.as_bytes(), &value[..])));
            let read = Decoder::new().decode(&block, 1 << 20, 100).unwrap();
            let given: Vec<_> = fields.iter().map(|(name, value)| (&**name, &value[..])).collect();
            prop_assert_eq!(told(&read), given);
        }

        #[test]
        fn no_octets_panic(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4)) {
            let mut decoder = Decoder::new();
            for block in blocks {
                let _ = decoder.decode(&block, 1_000, 20);
            }
        }
    }
}
