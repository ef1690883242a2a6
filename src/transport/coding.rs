//! Removing content codings (RFC 9110, section 8.4) under limits: gzip, deflate, br.

use std::io::{self, Read};

use bytes::Bytes;

use super::Limits;
use crate::case::{Answer, Ending};

/// Bodies up to this many octets may be of any ratio.
const FREE: usize = 1 << 20;
/// Octets that are decoded at once.
const PIECE: usize = 16 << 10;

/// Removes the content codings of an answer's body, the last applied first.
///
/// A body that grows beyond the limits ends as [`Ending::TooLarge`], one that cannot be decoded as
/// [`Ending::Broken`]; either keeps what was decoded before. Unknown codings stay, and what lies
/// under them.
pub(super) fn decode(answer: &mut Answer, limits: &Limits) {
    if answer.body.is_empty() {
        return;
    }
    let coded = |h: &&crate::case::Header| h.name.eq_ignore_ascii_case("content-encoding");
    let codings: Vec<String> = answer
        .headers
        .iter()
        .filter(coded)
        .filter_map(|h| h.text())
        .flat_map(|text| text.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    let came = answer.body.len();
    for coding in codings.iter().rev() {
        let body = answer.body.clone();
        let read = match &**coding {
            "gzip" | "x-gzip" => {
                inflate(flate2::bufread::MultiGzDecoder::new(&*body), came, limits)
            }
            "deflate" => deflate(&body, came, limits),
            "br" => inflate(brotli_decompressor::Decompressor::new(&*body, PIECE), came, limits),
            _ => return,
        };
        answer.body = Bytes::from(read.octets);
        let failed = read.end.is_err();
        match read.end {
            Ok(true) => {}
            Ok(false) => answer.ending = Ending::TooLarge,
            // The end of a body that was cut short, or read only so far, is missing by rights.
            Err(error) if answer.ending == Ending::Complete => {
                answer.ending = Ending::Broken(format!("its {coding} coding: {error}"));
            }
            Err(_) => {}
        }
        if failed || answer.ending == Ending::TooLarge {
            return;
        }
    }
}

/// What could be decoded, and whether it was all.
struct Decoded {
    octets: Vec<u8>,
    /// `false` where a limit ended it.
    end: io::Result<bool>,
}

/// `deflate` is the zlib format (RFC 9110, section 8.4.1.2); some servers send it bare.
fn deflate(body: &[u8], came: usize, limits: &Limits) -> Decoded {
    let read = inflate(flate2::bufread::ZlibDecoder::new(body), came, limits);
    if read.octets.is_empty() && read.end.is_err() {
        let bare = inflate(flate2::bufread::DeflateDecoder::new(body), came, limits);
        if bare.end.is_ok() {
            return bare;
        }
    }
    read
}

fn inflate(mut from: impl Read, came: usize, limits: &Limits) -> Decoded {
    let most = limits.decoded.min(came.saturating_mul(limits.ratio).max(FREE));
    let mut octets = Vec::new();
    let mut piece = [0; PIECE];
    loop {
        let end = match from.read(&mut piece) {
            Ok(0) => Ok(true),
            Ok(count) => {
                let room = most - octets.len();
                octets.extend_from_slice(&piece[..count.min(room)]);
                if count <= room {
                    continue;
                }
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        return Decoded { octets, end };
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;
    use crate::case::Header;

    const TEXT: &[u8] = b"the same words, the same words, the same words";
    /// `brotli` of "hello hello hello hello", window 22, made by the reference encoder.
    const BROTLI: &[u8] = &[0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];

    fn gzip(octets: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(octets: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    fn read(codings: &[&'static str], body: Vec<u8>, ending: Ending) -> (Bytes, Ending) {
        let header = |value: &&'static str| Header {
            name: "Content-Encoding".to_owned(),
            value: Bytes::from_static(value.as_bytes()),
        };
        let headers = codings.iter().map(header).collect();
        let mut answer = Answer { headers, body: body.into(), ending, ..Answer::default() };
        decode(&mut answer, &Limits::default());
        (answer.body, answer.ending)
    }

    #[test]
    fn each_coding_is_removed() {
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::best());
        bare.write_all(TEXT).unwrap();
        for (coding, body) in [
            ("gzip", gzip(TEXT)),
            ("X-GZIP", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", bare.finish().unwrap()),
            ("identity", TEXT.to_vec()),
        ] {
            let (body, ending) = read(&[coding], body, Ending::Complete);
            assert_eq!((&*body, ending), (TEXT, Ending::Complete), "{coding}");
        }
    }

    #[test]
    fn brotli_is_removed() {
        let (body, ending) = read(&["br"], BROTLI.to_vec(), Ending::Complete);
        assert_eq!((&*body, ending), (&b"hello"[..], Ending::Complete));
    }

    #[test]
    fn codings_are_removed_last_first_over_lists_and_repeated_fields() {
        let twice = zlib(&gzip(&gzip(TEXT)));
        let (body, ending) = read(&["gzip, identity,gzip", "deflate"], twice, Ending::Complete);
        assert_eq!((&*body, ending), (TEXT, Ending::Complete));
    }

    #[test]
    fn an_unknown_coding_and_what_is_under_it_stay() {
        let (body, ending) = read(&["gzip, zstd"], b"(\xb5/\xfd".to_vec(), Ending::Complete);
        assert_eq!((&*body, ending), (&b"(\xb5/\xfd"[..], Ending::Complete));
    }

    #[test]
    fn a_bomb_is_too_large_by_its_ratio_and_costs_no_more_than_the_limit() {
        let bomb = gzip(&vec![0; 64 << 20]);
        let allowed = bomb.len() * Limits::default().ratio;
        let (body, ending) = read(&["gzip"], bomb, Ending::Complete);
        assert_eq!((body.len(), ending), (allowed, Ending::TooLarge));
    }

    #[test]
    fn a_bomb_in_a_bomb_is_measured_by_what_came() {
        let bomb = gzip(&gzip(&vec![0; 256 << 20]));
        assert!(bomb.len() < 4096);
        let (body, ending) = read(&["gzip, gzip"], bomb, Ending::Complete);
        assert_eq!((body.len(), ending), (FREE, Ending::TooLarge));
    }

    #[test]
    fn a_small_body_may_be_of_any_ratio() {
        let (body, ending) = read(&["gzip"], gzip(&vec![0; FREE]), Ending::Complete);
        assert_eq!((body.len(), ending), (FREE, Ending::Complete));
    }

    #[test]
    fn a_broken_coding_says_which_and_keeps_the_begin() {
        for (coding, mut body) in [("gzip", gzip(TEXT)), ("deflate", zlib(TEXT))] {
            let last = body.len() - 1;
            body[last] ^= 0xff;
            let (kept, ending) = read(&[coding], body, Ending::Complete);
            assert!(coding != "gzip" || kept == TEXT, "{kept:?}");
            assert!(matches!(&ending, Ending::Broken(how) if how.contains(coding)), "{ending:?}");
        }
        let (_, ending) = read(&["gzip"], b"<html>".to_vec(), Ending::Complete);
        assert!(matches!(ending, Ending::Broken(_)));
        let (_, ending) = read(&["br"], b"\xff\xff\xff\xff".to_vec(), Ending::Complete);
        assert!(matches!(ending, Ending::Broken(_)));
    }

    #[test]
    fn a_body_cut_short_stays_truncated_and_an_empty_one_needs_no_coding() {
        let whole = gzip(TEXT);
        let (_, ending) = read(&["gzip"], whole[..whole.len() - 9].to_vec(), Ending::Truncated);
        assert_eq!(ending, Ending::Truncated);
        assert_eq!(read(&["gzip"], vec![], Ending::Complete).1, Ending::Complete);
    }
}
