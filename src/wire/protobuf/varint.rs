//! Numbers in groups of seven bits, the least significant first ("Base 128 Varints").

/// The most octets that a parser takes: enough for 64 bits.
pub(super) const LONGEST: usize = 10;

/// The most octets that a parser reads of what has 32 bits.
pub(super) const LONGEST_OF_32: usize = 5;

/// The most octets of which a [`Varint`] holds every bit.
const WIDEST: usize = 18;

/// A number as it is written, in as few octets as it needs or in more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Varint {
    /// The number; beyond 64 bits parsers differ.
    pub value: u128,
    /// Octets beyond those it needs, each with seven zeros.
    pub surplus: u8,
}

impl Varint {
    /// A number in as few octets as it needs.
    pub fn new(value: impl Into<u128>) -> Self {
        Self { value: value.into(), surplus: 0 }
    }

    /// The same number in so many octets, if it does not need more.
    #[must_use]
    pub fn stretched(self, octets: usize) -> Self {
        let surplus = octets.saturating_sub(needed(self.value));
        Self { surplus: u8::try_from(surplus).unwrap_or(u8::MAX), ..self }
    }

    /// How many octets it is written in.
    pub fn octets(self) -> usize {
        needed(self.value) + usize::from(self.surplus)
    }

    /// Whether a parser has to take it: 64 bits in at most 10 octets.
    pub fn is_well_formed(self) -> bool {
        self.octets() <= LONGEST && self.value <= u64::MAX.into()
    }

    /// The one that octets begin with; `None` where it does not end within them, or is longer than 18.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let mut value = 0;
        for (index, octet) in octets.iter().take(WIDEST).enumerate() {
            value |= u128::from(octet & 0x7f) << (7 * index);
            if octet & 0x80 == 0 {
                return Some(Self::new(value).stretched(index + 1));
            }
        }
        None
    }

    /// Adds its octets.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let octets = self.octets();
        for index in 0..octets {
            let rest = self.value.checked_shr(7 * index as u32).unwrap_or_default();
            let more = if index + 1 < octets { 0x80 } else { 0 };
            out.push(rest as u8 & 0x7f | more);
        }
    }
}

fn needed(value: u128) -> usize {
    (u128::BITS - value.leading_zeros()).div_ceil(7).max(1) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(varint: Varint) -> Vec<u8> {
        let mut out = Vec::new();
        varint.write(&mut out);
        out
    }

    #[test]
    fn numbers_have_the_octets_of_the_specification() {
        assert_eq!(written(Varint::new(0_u8)), [0]);
        assert_eq!(written(Varint::new(150_u8)), [0x96, 0x01]);
        assert_eq!(written(Varint::new(1_u8).stretched(3)), [0x81, 0x80, 0x00]);
        assert_eq!(written(Varint::new(150_u8).stretched(1)), [0x96, 0x01]);
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(written(Varint::new(u64::MAX)), most);
    }

    #[test]
    fn a_parser_has_to_take_64_bits_in_10_octets() {
        let one = Varint::new(1_u8);
        assert!(Varint::new(u64::MAX).is_well_formed());
        assert!(one.stretched(10).is_well_formed());
        assert!(!one.stretched(11).is_well_formed());
        assert!(!Varint::new(1_u128 << 64).is_well_formed());
    }

    #[test]
    fn what_does_not_end_is_none() {
        assert_eq!(Varint::read(&[]), None);
        assert_eq!(Varint::read(&[0x80]), None);
        assert_eq!(Varint::read(&[0xff; 30]), None);
        let long = [&[0x80; 17][..], &[0x00]].concat();
        assert_eq!(Varint::read(&long), Some(Varint { value: 0, surplus: 17 }));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(octets in prop::collection::vec(any::<u8>(), 0..24)) {
            if let Some(varint) = Varint::read(&octets) {
                prop_assert_eq!(&written(varint), &octets[..varint.octets()]);
            }
        }

        #[test]
        fn what_is_written_is_read_again(value: u64, octets in 1_usize..=WIDEST) {
            let varint = Varint::new(value).stretched(octets);
            prop_assert_eq!(Varint::read(&written(varint)), Some(varint));
        }
    }
}
