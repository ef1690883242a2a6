//! Sets of code points.

use regex_syntax::hir::{Class as HirClass, ClassUnicode, ClassUnicodeRange, HirKind};

/// The last code point.
const LAST: u32 = 0x10_FFFF;

/// A set of code points, lone surrogates included: ranges in ascending order with gaps between.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Class(Vec<(u32, u32)>);

impl Class {
    /// The set of these inclusive ranges, in any order; empty ranges are left out.
    pub fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut ranges: Vec<(u32, u32)> =
            ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match joined.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => joined.push((low, high.min(LAST))),
            }
        }
        Self(joined)
    }

    /// The set of one code point.
    pub fn of(point: u32) -> Self {
        Self(vec![(point, point)])
    }

    /// Every code point.
    pub fn any() -> Self {
        Self(vec![(0, LAST)])
    }

    /// `\d` of ECMA-262: `0-9` only.
    pub(super) fn digit() -> Self {
        Self(vec![(0x30, 0x39)])
    }

    /// `\w` of ECMA-262: `0-9A-Z_a-z`.
    pub(super) fn word() -> Self {
        Self(vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
    }

    /// `\s` of ECMA-262: white space and line terminators, the byte order mark among them.
    pub(super) fn space() -> Self {
        Self::new([
            (0x09, 0x0D),
            (0x20, 0x20),
            (0xA0, 0xA0),
            (0x1680, 0x1680),
            (0x2000, 0x200A),
            (0x2028, 0x2029),
            (0x202F, 0x202F),
            (0x205F, 0x205F),
            (0x3000, 0x3000),
            (0xFEFF, 0xFEFF),
        ])
    }

    /// `.` of ECMA-262: everything but line terminators.
    pub(super) fn dot() -> Self {
        Self(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]).negated()
    }

    /// `\p{NAME}`, as the Unicode tables of `regex-syntax` know it.
    pub(super) fn property(name: &str) -> Option<Self> {
        let hir = regex_syntax::parse(&format!("\\p{{{name}}}")).ok()?;
        match hir.kind() {
            HirKind::Class(HirClass::Unicode(class)) => Some(Self::of_unicode(class)),
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                Some(Self::new(text.chars().map(|c| (c.into(), c.into()))))
            }
            _ => None,
        }
    }

    /// Everything that differs from a member only by case (Unicode simple folding).
    #[must_use]
    pub(super) fn case_folded(&self) -> Self {
        let scalar = |point: u32| char::from_u32(point);
        let ranges = self
            .scalar_ranges()
            .filter_map(|(low, high)| Some(ClassUnicodeRange::new(scalar(low)?, scalar(high)?)));
        let mut class = ClassUnicode::new(ranges);
        if class.try_case_fold_simple().is_err() {
            return self.clone();
        }
        Self::of_unicode(&class).union(self)
    }

    fn of_unicode(class: &ClassUnicode) -> Self {
        Self::new(class.iter().map(|range| (range.start().into(), range.end().into())))
    }

    /// Every code point that is not in it.
    #[must_use]
    pub fn negated(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for (low, high) in &self.0 {
            if next < *low {
                ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self(ranges)
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied())
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.negated().union(&other.negated()).negated()
    }

    /// The ranges, ascending.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// The ranges without surrogates, ascending.
    pub fn scalar_ranges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().flat_map(|(low, high)| {
            let below = (*low, (*high).min(0xD7FF));
            let above = ((*low).max(0xE000), *high);
            [below, above].into_iter().filter(|(low, high)| low <= high)
        })
    }

    /// The only member, where there is one.
    pub fn single(&self) -> Option<u32> {
        match self.0[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `point` is in it.
    pub fn contains(&self, point: u32) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= point);
        after > 0 && point <= self.0[after - 1].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_are_joined() {
        assert_eq!(Class::new([(5, 9), (1, 3), (4, 4)]).ranges(), [(1, 9)]);
    }

    #[test]
    fn a_set_and_its_negation_share_nothing_and_leave_out_nothing() {
        for class in [Class::word(), Class::dot(), Class::any(), Class::default()] {
            let other = class.negated();
            assert_eq!(class.union(&other), Class::any());
            assert!(class.ranges().iter().all(|(low, high)| !other.contains(*low)
                && !other.contains(*high)
                && class.contains(*low)));
            assert_eq!(other.negated(), class);
        }
    }

    #[test]
    fn folding_adds_the_other_case() {
        let class = Class::of('k'.into()).case_folded();
        assert!("kK\u{212A}".chars().all(|c| class.contains(c.into())));
    }
}
