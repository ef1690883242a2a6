//! What is drawn at random: the ends, small things and what programs trip over more often than the
//! rest.

use crate::choice::{Alphabet, Choice, Domain, Rng};
use crate::value::Text;

/// A random octet string has at most so many.
const LONGEST: usize = 64;

impl Domain {
    /// A random choice of it; `None` for what is no decision of its own: names, references, marks.
    pub fn random(&self, rng: &mut Rng) -> Option<Choice> {
        Some(match self {
            Self::Int { min, max, toward } => {
                Choice::Int(random_int(rng, *min, *max, *toward, &[]))
            }
            Self::Float { min, max, toward } => {
                Choice::Float(random_float(rng, *min, *max, *toward))
            }
            Self::Text { min, max, alphabet } => {
                Choice::Text(random_text(rng, *min, *max, *alphabet))
            }
            Self::Bytes { min, max } => {
                let length = random_length(rng, *min, (*max).min(LONGEST.max(*min)));
                Choice::Bytes((0..length).map(|_| rng.next_u64() as u8).collect())
            }
            Self::Bool => Choice::Bool(rng.chance(0.5)),
            Self::Branch(count) => Choice::Branch(rng.index(*count as usize) as u32),
            Self::Duration(_) | Self::Name | Self::Reference(_) | Self::Mark => return None,
        })
    }
}

pub(super) fn random_int(
    rng: &mut Rng,
    min: i128,
    max: i128,
    toward: i128,
    often: &[i128],
) -> i128 {
    if max - min <= 16 {
        return rng.int(min, max);
    }
    if !often.is_empty() && rng.chance(0.1) {
        let constant = rng.pick(often).copied().unwrap_or(toward);
        return (constant + rng.int(-1, 1)).clamp(min, max);
    }
    match rng.index(10) {
        0 => {
            let edges = [min, max, min + 1, max - 1, toward, toward + 1, toward - 1];
            rng.pick(&edges).copied().unwrap_or(toward).clamp(min, max)
        }
        1..=4 => (toward + rng.int(-16, 16)).clamp(min, max),
        5 => rng.int(min, max),
        _ => {
            let bits = 128 - (max - min).unsigned_abs().leading_zeros();
            let width = rng.int(1, i128::from(bits.min(100))) as u32;
            let distance = rng.int(0, (1 << width) - 1);
            let int = if rng.chance(0.5) { toward + distance } else { toward - distance };
            if (min..=max).contains(&int) { int } else { rng.int(min, max) }
        }
    }
}

pub(super) fn random_float(rng: &mut Rng, min: f64, max: f64, toward: f64) -> f64 {
    let float = match rng.index(10) {
        0 => *rng.pick(&[min, max, toward, min.next_up(), max.next_down()]).unwrap_or(&toward),
        1..=3 => toward + rng.int(-16, 16) as f64,
        4..=6 => toward + rng.int(-100_000, 100_000) as f64 / 100.0,
        7 => f64::from_bits(rng.next_u64()),
        _ => min + (max - min) * rng.unit(),
    };
    if float.is_finite() { float.clamp(min, max) } else { toward }
}

pub(super) fn random_length(rng: &mut Rng, min: usize, max: usize) -> usize {
    if max > min && max - min <= 4096 && rng.chance(0.03) {
        return max;
    }
    let mut length = min;
    while length < max && length < min + 64 && rng.chance(0.85) {
        length += 1;
    }
    length
}

pub(super) fn random_text(rng: &mut Rng, min: usize, max: usize, alphabet: Alphabet) -> Text {
    let length = random_length(rng, min, max);
    Text::from_code_points((0..length).map(|_| random_point(rng, alphabet)))
}

/// Characters that programs trip over.
const ODD: [u32; 20] = [
    0, 9, 10, 13, 0x1B, 0x22, 0x25, 0x27, 0x3B, 0x5C, 0x7F, 0x85, 0xA0, 0xDF, 0x130, 0x202E,
    0xFEFF, 0xFFFD, 0x1F600, 0x10_FFFF,
];

fn random_point(rng: &mut Rng, alphabet: Alphabet) -> u32 {
    let within = |rng: &mut Rng, low: u32, high: u32| rng.int(low.into(), high.into()) as u32;
    match (alphabet, rng.index(24)) {
        (Alphabet::Any, 0) => *rng.pick(&ODD).unwrap_or(&0),
        (Alphabet::Any, 1) => match within(rng, 0, 0x10_FFFF) {
            point @ 0xD800..=0xDFFF => point - 0xD800,
            point => point,
        },
        (Alphabet::Any, 2) => within(rng, 0xA0, 0x2FF),
        (Alphabet::Any, 3..=5) => within(rng, 0x20, 0x7E),
        (Alphabet::Visible, 0..=5) => within(rng, 0x21, 0x7E),
        (_, 0..=11) => within(rng, 0x30, 0x39),
        (_, 12..=17) => within(rng, 0x41, 0x5A),
        _ => within(rng, 0x61, 0x7A),
    }
}
