//! What stands before each field: its number, and how its payload is delimited ("Message Structure").

use super::varint::Varint;

/// How a payload is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A varint.
    Varint = 0,
    /// Eight octets.
    Fixed64 = 1,
    /// A length, and as many octets.
    Length = 2,
    /// A group begins.
    Start = 3,
    /// A group ends.
    End = 4,
    /// Four octets.
    Fixed32 = 5,
    /// Nobody knows.
    Six = 6,
    /// Nobody knows.
    Seven = 7,
}

impl Wire {
    /// The number it is written as.
    pub fn number(self) -> u8 {
        self as u8
    }

    fn of(value: u128) -> Self {
        match value & 7 {
            0 => Self::Varint,
            1 => Self::Fixed64,
            2 => Self::Length,
            3 => Self::Start,
            4 => Self::End,
            5 => Self::Fixed32,
            6 => Self::Six,
            _ => Self::Seven,
        }
    }
}

/// The tag of a field, or of the end of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The number of the field, from 1 to 2^29 - 1; 0 is none.
    pub number: u32,
    /// How the payload is delimited.
    pub wire: Wire,
    /// Octets beyond those it needs.
    pub surplus: u8,
}

impl Tag {
    /// A tag in as few octets as it needs.
    pub fn new(number: u32, wire: Wire) -> Self {
        Self { number, wire, surplus: 0 }
    }

    /// The number that it is written as.
    pub fn varint(self) -> Varint {
        let value = u128::from(self.number) << 3 | u128::from(self.wire.number());
        Varint { value, surplus: self.surplus }
    }

    /// The one that octets begin with; `None` where it does not end within them, or has more than 32
    /// bits.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let Varint { value, surplus } = Varint::read(octets)?;
        let tag = u32::try_from(value).ok()?;
        Some(Self { number: tag >> 3, wire: Wire::of(value), surplus })
    }

    /// Adds its octets.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        self.varint().write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_back_with_each_number_and_wire_type() {
        for value in (0..300_u32).chain([u32::MAX - 7, u32::MAX]) {
            let mut octets = Vec::new();
            Varint::new(value).write(&mut octets);
            let tag = Tag::read(&octets).unwrap();
            assert_eq!((tag.number, u32::from(tag.wire.number())), (value >> 3, value & 7));
            assert_eq!(tag.varint(), Varint::new(value));
        }
    }

    #[test]
    fn a_tag_of_more_than_32_bits_is_none() {
        assert_eq!(Tag::read(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(Tag::read(&[0x88]), None);
        let overlong = Tag { number: 1, wire: Wire::Varint, surplus: 2 };
        assert_eq!(Tag::read(&[0x88, 0x80, 0x00, 0x01]), Some(overlong));
    }
}
