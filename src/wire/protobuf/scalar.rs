//! Numbers, as a field alone or in a packed run.

use super::tag::Wire;
use super::varint::Varint;

/// A number, alone or in a packed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A varint.
    Varint(Varint),
    /// Eight octets, little-endian.
    Fixed64(u64),
    /// Four octets, little-endian.
    Fixed32(u32),
}

/// What the numbers of a repeated field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Varints.
    Varint,
    /// Eight octets each.
    Fixed64,
    /// Four octets each.
    Fixed32,
}

impl Scalar {
    /// What it is.
    pub fn element(self) -> Element {
        match self {
            Self::Varint(_) => Element::Varint,
            Self::Fixed64(_) => Element::Fixed64,
            Self::Fixed32(_) => Element::Fixed32,
        }
    }

    /// How many octets it is written in.
    pub fn octets(self) -> usize {
        match self {
            Self::Varint(varint) => varint.octets(),
            Self::Fixed64(_) => 8,
            Self::Fixed32(_) => 4,
        }
    }

    /// Whether a parser has to take it.
    pub fn is_well_formed(self) -> bool {
        match self {
            Self::Varint(varint) => varint.is_well_formed(),
            Self::Fixed64(_) | Self::Fixed32(_) => true,
        }
    }

    /// The one that octets begin with; `None` where it does not end within them.
    pub(super) fn read(element: Element, octets: &[u8]) -> Option<Self> {
        Some(match element {
            Element::Varint => Self::Varint(Varint::read(octets)?),
            Element::Fixed64 => Self::Fixed64(u64::from_le_bytes(*octets.first_chunk()?)),
            Element::Fixed32 => Self::Fixed32(u32::from_le_bytes(*octets.first_chunk()?)),
        })
    }

    /// Adds its octets.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Varint(varint) => varint.write(out),
            Self::Fixed64(number) => out.extend(number.to_le_bytes()),
            Self::Fixed32(number) => out.extend(number.to_le_bytes()),
        }
    }
}

impl Element {
    /// The wire type of one that stands alone.
    pub fn wire(self) -> Wire {
        match self {
            Self::Varint => Wire::Varint,
            Self::Fixed64 => Wire::Fixed64,
            Self::Fixed32 => Wire::Fixed32,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_fixed_size_are_little_endian_and_whole() {
        let octets = [1, 0, 0, 0, 2, 0, 0, 0];
        assert_eq!(Scalar::read(Element::Fixed32, &octets), Some(Scalar::Fixed32(1)));
        assert_eq!(Scalar::read(Element::Fixed64, &octets), Some(Scalar::Fixed64(1 | 2 << 32)));
        assert_eq!(Scalar::read(Element::Fixed32, &octets[..3]), None);
        assert_eq!(Scalar::read(Element::Fixed64, &octets[..7]), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(octets in prop::collection::vec(any::<u8>(), 0..12)) {
            for element in [Element::Varint, Element::Fixed64, Element::Fixed32] {
                if let Some(scalar) = Scalar::read(element, &octets) {
                    let mut out = Vec::new();
                    scalar.write(&mut out);
                    prop_assert_eq!(&out, &octets[..scalar.octets()]);
                    prop_assert_eq!(scalar.element(), element);
                }
            }
        }
    }
}
