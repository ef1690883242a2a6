//! Fields as octets, one after the other.

use crate::wire::protobuf::encode::USUAL;
use crate::wire::protobuf::{Scalar, Tag, Varint, Wire};

/// The octets of fields.
#[derive(Debug)]
pub(super) struct Octets(Vec<u8>);

/// Where what is length-delimited begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin(usize);

impl Default for Octets {
    fn default() -> Self {
        Self(Vec::with_capacity(USUAL))
    }
}

impl Octets {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_vec(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn tag(&mut self, number: u32, wire: Wire) {
        Tag::new(number, wire).write(&mut self.0);
    }

    pub(super) fn scalar(&mut self, scalar: Scalar) {
        scalar.write(&mut self.0);
    }

    pub(super) fn octets(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }

    /// Adds a field of octets.
    pub(super) fn delimited(&mut self, number: u32, octets: &[u8]) {
        self.tag(number, Wire::Length);
        length(octets.len()).write(&mut self.0);
        self.octets(octets);
    }

    /// Begins a field of octets, which go on up to its [`end`](Self::end).
    pub(super) fn begin(&mut self, number: u32) -> Begin {
        self.tag(number, Wire::Length);
        // What is short has its length in one octet.
        self.0.push(0);
        Begin(self.0.len())
    }

    /// Ends a field of octets.
    pub(super) fn end(&mut self, Begin(begin): Begin) {
        let length = length(self.0.len() - begin);
        if length.octets() == 1 {
            self.0[begin - 1] = length.value as u8;
            return;
        }
        let mut written = Vec::new();
        length.write(&mut written);
        self.0.splice(begin - 1..begin, written);
    }

    /// Takes the one field from `begin` on away again, where it holds zero or no octets.
    pub(super) fn forget_nothing(&mut self, begin: usize) {
        let tag = Tag::read(&self.0[begin..]).map_or(0, |tag| tag.varint().octets());
        if self.0[begin + tag..].iter().all(|octet| *octet == 0) {
            self.0.truncate(begin);
        }
    }
}

fn length(octets: usize) -> Varint {
    Varint::new(octets as u128)
}
