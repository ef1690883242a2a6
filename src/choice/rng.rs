//! The random number generator.
//!
//! Our own, since a seed must give the same cases on every machine and in every release:
//! xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64.

/// A seeded random number generator.
#[derive(Clone, Debug)]
pub struct Rng([u64; 4]);

impl Rng {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([0; 4].map(|_: u64| split_mix(&mut state)))
    }

    /// The generator of a seed and a path below it, such as (phase, operation, number).
    pub fn derive(seed: u64, path: &[u64]) -> Self {
        let seed = path.iter().fold(seed, |seed, part| {
            let mut state = seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            split_mix(&mut state)
        });
        Self::new(seed)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (mut c, mut d) = (c ^ a, d ^ b);
        let b2 = b ^ c;
        let a2 = a ^ d;
        c ^= b << 17;
        d = d.rotate_left(45);
        self.0 = [a2, b2, c, d];
        result
    }

    /// Uniform in `0..bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u128) -> u128 {
        if bound <= 1 {
            return 0;
        }
        let random = || u128::from(self.next_u64());
        let mut random = random;
        if let Ok(bound) = u64::try_from(bound) {
            // Lemire's multiplication; its bias is below 2^-32 for every bound a fuzzer uses.
            return (random() * u128::from(bound)) >> 64;
        }
        (random() << 64 | random()) % bound
    }

    /// Uniform in `min..=max`.
    pub fn int(&mut self, min: i128, max: i128) -> i128 {
        let width = max.wrapping_sub(min) as u128;
        min.wrapping_add(self.below(width.saturating_add(1)) as i128)
    }

    /// Uniform in `0..count`.
    pub fn index(&mut self, count: usize) -> usize {
        self.below(count as u128) as usize
    }

    /// Uniform in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of them; `None` where there are none.
    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        from.get(self.index(from.len()))
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_of_a_seed_never_changes() {
        let mut rng = Rng::new(7);
        let first: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        let mut again = Rng::new(7);
        assert_eq!(first, (0..3).map(|_| again.next_u64()).collect::<Vec<_>>());
        assert_ne!(Rng::derive(7, &[0, 1]).next_u64(), Rng::derive(7, &[1, 0]).next_u64());
    }

    #[test]
    fn draws_stay_in_their_range() {
        let mut rng = Rng::new(1);
        for _ in 0..10_000 {
            assert!((-3..=5).contains(&rng.int(-3, 5)));
            assert!(rng.unit() < 1.0);
        }
        let wide = (-(1_i128 << 100), 1_i128 << 100);
        assert!((wide.0..=wide.1).contains(&rng.int(wide.0, wide.1)));
    }
}
