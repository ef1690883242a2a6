//! What the seed decides: the same throw for the same seed and label, whatever else is thrown.

/// Throws that depend on a seed and a label only, so that a new one disturbs none of the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number of `low..=high`.
    pub(crate) fn within(self, label: &str, low: i64, high: i64) -> i64 {
        let sides = high.abs_diff(low) + 1;
        low + (self.throw(label) % sides) as i64
    }

    /// One of these; the first where there is nothing else.
    pub(crate) fn pick<T: Copy>(self, label: &str, from: &[T]) -> T {
        from[(self.throw(label) % from.len() as u64) as usize]
    }

    /// These in another order (Fisher and Yates).
    pub(crate) fn shuffled<T, const N: usize>(self, label: &str, mut list: [T; N]) -> [T; N] {
        for last in (1..N).rev() {
            let other = self.within(&format!("{label} {last}"), 0, last as i64);
            list.swap(last, other as usize);
        }
        list
    }

    /// FNV-1a over the label, then the finaliser of SplitMix64.
    fn throw(self, label: &str) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_repeat_and_differ_by_seed_and_label() {
        let throws = |seed| {
            let dice = Dice::new(seed);
            [dice.within("a", 0, 1 << 40), dice.within("b", 0, 1 << 40)]
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
        assert_ne!(throws(7)[0], throws(7)[1]);
    }

    #[test]
    fn every_side_of_a_die_comes_up() {
        let mut seen = [false; 5];
        for seed in 0..200 {
            seen[Dice::new(seed).within("side", 0, 4) as usize] = true;
        }
        assert_eq!(seen, [true; 5]);
    }

    #[test]
    fn shuffling_keeps_every_item() {
        for seed in 0..20 {
            let mut list = Dice::new(seed).shuffled("list", [1, 2, 3, 4, 5]);
            list.sort_unstable();
            assert_eq!(list, [1, 2, 3, 4, 5]);
        }
    }
}
