//! Code points of a class in the order of simplicity.

use crate::choice::rank;
use crate::schema::pattern::Class;

/// The code points of a class without surrogates, simplest first: `0`, then `A`, then `a`, as far
/// as they are in it.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    /// The ASCII ones by rank.
    ascii: Vec<u8>,
    /// The others; their rank is themselves.
    ranges: Vec<(u32, u32)>,
    count: usize,
}

impl Ranked {
    pub(super) fn new(class: &Class) -> Self {
        let mut ascii: Vec<u8> =
            (0..0x80).filter(|byte| class.contains(u32::from(*byte))).collect();
        ascii.sort_by_key(|byte| rank(u32::from(*byte)));
        let ranges: Vec<(u32, u32)> = class
            .scalar_ranges()
            .map(|(low, high)| (low.max(0x80), high))
            .filter(|(low, high)| low <= high)
            .collect();
        let beyond: usize = ranges.iter().map(|(low, high)| (high - low + 1) as usize).sum();
        let count = ascii.len() + beyond;
        Self { ascii, ranges, count }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The one at this place; the simplest where there is none.
    pub(super) fn at(&self, index: usize) -> u32 {
        if let Some(byte) = self.ascii.get(index) {
            return u32::from(*byte);
        }
        let mut rest = index.saturating_sub(self.ascii.len()) as u32;
        for (low, high) in &self.ranges {
            if rest <= high - low {
                return low + rest;
            }
            rest -= high - low + 1;
        }
        self.ascii.first().map_or(0x30, |byte| u32::from(*byte))
    }

    /// The places of the first and the last code point of each range without a gap.
    pub(super) fn ends(&self) -> Vec<i128> {
        let mut ascii: Vec<u32> = self.ascii.iter().copied().map(u32::from).collect();
        ascii.sort_unstable();
        let joins = |one: &u32, next: &u32| *next == one + 1;
        let ranges = ascii.chunk_by(joins).map(|range| (range[0], range[range.len() - 1]));
        let points = ranges.chain(self.ranges.iter().copied()).flat_map(|(low, high)| [low, high]);
        let mut ends: Vec<i128> =
            points.filter_map(|point| self.index(point)).map(|index| index as i128).collect();
        ends.dedup();
        ends
    }

    /// The place of a code point.
    pub(super) fn index(&self, point: u32) -> Option<usize> {
        if point < 0x80 {
            return self.ascii.iter().position(|byte| u32::from(*byte) == point);
        }
        let mut before = self.ascii.len();
        for (low, high) in &self.ranges {
            if (*low..=*high).contains(&point) {
                return Some(before + (point - low) as usize);
            }
            before += (high - low + 1) as usize;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_has_one_place() {
        for class in [Class::any(), Class::new([(0x20, 0x7E), (0xE0, 0xFF), (0x1_F600, 0x1_F640)])]
        {
            let ranked = Ranked::new(&class);
            let step = (ranked.count() / 500).max(1);
            for index in (0..ranked.count()).step_by(step) {
                assert_eq!(ranked.index(ranked.at(index)), Some(index));
            }
        }
        assert_eq!(Ranked::new(&Class::any()).index(0xD800), None);
    }

    #[test]
    fn every_range_has_two_ends() {
        let ranked = Ranked::new(&Class::new([(0x61, 0x63), (0x78, 0x7A), (0x3B1, 0x3C9)]));
        let ends: Vec<Option<char>> =
            ranked.ends().into_iter().map(|at| char::from_u32(ranked.at(at as usize))).collect();
        assert_eq!(ends, ['a', 'c', 'x', 'z', 'α', 'ω'].map(Some));
    }

    #[test]
    fn the_simplest_comes_first() {
        let first =
            |low: char, high: char| Ranked::new(&Class::new([(low.into(), high.into())])).at(0);
        assert_eq!(first('\0', '~'), u32::from('0'));
        assert_eq!(first(':', '~'), u32::from('A'));
        assert_eq!(first('!', '/'), u32::from('!'));
    }
}
