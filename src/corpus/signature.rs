//! Signatures: what makes two failures the same fault.

use std::fmt;
use std::str::FromStr;

/// What a signature is made of.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    /// The check.
    pub check: &'a str,
    /// The operation.
    pub operation: &'a str,
    /// The class of the outcome: `500`, `dropped`, …
    pub outcome: &'a str,
    /// The normalised message, stack frame, or keyword path.
    pub message: &'a str,
    /// The places and boundary classes, or the rules of deviations, that shrinking left; their
    /// order and repetitions do not matter.
    pub culprits: &'a [String],
}

/// 32 bits that stand for a fault: the eight digits of a file's name. Stable for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signature(u32);

impl Signature {
    /// The signature of a fault: the FNV-1a hash of 64 bits of its parts, each preceded by its
    /// length in octets (8 octets, little-endian), the upper half folded onto the lower one.
    pub fn of(fault: &Fault<'_>) -> Self {
        let mut culprits: Vec<&str> = fault.culprits.iter().map(String::as_str).collect();
        culprits.sort_unstable();
        culprits.dedup();
        let parts = [fault.check, fault.operation, fault.outcome, fault.message];
        Self::hash(parts.into_iter().chain(culprits))
    }

    pub(super) fn hash<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let hash = parts.into_iter().fold(OFFSET, |hash, part| {
            let length = (part.len() as u64).to_le_bytes();
            fnv(fnv(hash, &length), part.as_bytes())
        });
        Self((hash >> 32) as u32 ^ hash as u32)
    }
}

/// The constants of FNV-1a, 64 bits (Fowler, Noll and Vo).
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

fn fnv(hash: u64, octets: &[u8]) -> u64 {
    octets.iter().fold(hash, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(PRIME))
}

impl fmt::Display for Signature {
    /// Eight digits in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for Signature {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() == 8
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        u32::from_str_radix(text, 16)
            .ok()
            .filter(|_| digits)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is no signature; it has eight digits of 0-9 and a-f"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // Vectors that its authors publish.
        assert_eq!(fnv(OFFSET, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(OFFSET, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv(OFFSET, b"foobar"), 0x8594_4171_f739_67e8);
    }

    fn signature(culprits: &[&str]) -> String {
        let culprits: Vec<String> = culprits.iter().map(|text| (*text).to_owned()).collect();
        Signature::of(&Fault {
            check: "not_a_server_error",
            operation: "POST /orders",
            outcome: "500",
            message: "quantity table exhausted",
            culprits: &culprits,
        })
        .to_string()
    }

    #[test]
    fn signatures_never_change() {
        assert_eq!(signature(&[]), "19470d41");
        assert_eq!(signature(&["json/qty maximum"]), "e3e5b49f");
    }

    #[test]
    fn order_and_repetition_of_culprits_do_not_matter() {
        assert_eq!(signature(&["a", "b"]), signature(&["b", "a", "b"]));
        assert_ne!(signature(&["a", "b"]), signature(&["ab"]));
    }

    #[test]
    fn a_signature_is_read_as_it_is_written() {
        assert_eq!("0f3a9c20".parse::<Signature>().unwrap().to_string(), "0f3a9c20");
        for text in ["", "+f3a9c20", "1F3A9C20", "1f3a9c2", "1f3a9c200"] {
            assert!(text.parse::<Signature>().is_err(), "{text}");
        }
    }
}
