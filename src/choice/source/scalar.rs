//! Single choices: numbers, yes or no, ways on, texts, octets, lengths of time.

use std::time::Duration;

use super::octets::{given, int_of_bytes, length_of_bytes, text_of_bytes};
use super::random::{random_float, random_int, random_length, random_text};
use super::{Draw, Mode, Source};
use crate::choice::{Alphabet, Choice, Domain};
use crate::value::Text;

impl Source<'_> {
    /// An integer of `min..=max`, simplest at `toward`.
    pub fn int(&mut self, min: i128, max: i128, toward: i128) -> Draw<i128> {
        self.int_from(min, max, toward, &[])
    }

    /// An integer of `min..=max`, simplest at `toward`; random draws favour the ends, small numbers
    /// and the given constants.
    pub fn int_from(&mut self, min: i128, max: i128, toward: i128, often: &[i128]) -> Draw<i128> {
        let toward = toward.clamp(min, max);
        let int = match &mut self.mode {
            Mode::Random(rng) => random_int(rng, min, max, toward, often),
            Mode::Bytes(bytes) => int_of_bytes(bytes, min, max, toward),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Int(int)) if (min..=max).contains(&int) => int,
                _ => toward,
            },
        };
        self.record(Choice::Int(int), Domain::Int { min, max, toward })?;
        Ok(int)
    }

    /// An integer of `0..count`, every one as likely.
    pub fn uniform(&mut self, count: u128) -> Draw<u128> {
        let max = count.saturating_sub(1) as i128;
        let int = match &mut self.mode {
            Mode::Random(rng) => rng.int(0, max),
            Mode::Bytes(bytes) => int_of_bytes(bytes, 0, max, 0),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Int(int)) if (0..=max).contains(&int) => int,
                _ => 0,
            },
        };
        self.record(Choice::Int(int), Domain::Int { min: 0, max, toward: 0 })?;
        Ok(int as u128)
    }

    /// A finite float of `min..=max`, simplest at `toward`.
    pub fn float(&mut self, min: f64, max: f64, toward: f64) -> Draw<f64> {
        let toward = toward.clamp(min, max);
        let float = match &mut self.mode {
            Mode::Random(rng) => random_float(rng, min, max, toward),
            Mode::Bytes(bytes) => {
                let float = given(bytes).unwrap_or(toward);
                if f64::is_finite(float) { float.clamp(min, max) } else { toward }
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Float(float)) if (min..=max).contains(&float) => float,
                _ => toward,
            },
        };
        self.record(Choice::Float(float), Domain::Float { min, max, toward })?;
        Ok(float)
    }

    /// Yes with this probability; no is simpler.
    pub fn bool(&mut self, probability: f64) -> Draw<bool> {
        self.bool_toward(false, probability)
    }

    /// Yes with this probability; a replay that has run out gives `simplest`.
    pub fn bool_toward(&mut self, simplest: bool, probability: f64) -> Draw<bool> {
        let bool = match &mut self.mode {
            Mode::Random(rng) => rng.chance(probability),
            Mode::Bytes(bytes) => {
                given(bytes).map_or(simplest, |octet: u8| f64::from(octet) < probability * 255.0)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Bool(bool)) => bool,
                _ => simplest,
            },
        };
        self.record(Choice::Bool(bool), Domain::Bool)?;
        Ok(bool)
    }

    /// One of `count` ways on, every one as likely; 0 is simplest. Nothing is recorded for one way.
    pub fn branch(&mut self, count: usize) -> Draw<usize> {
        if count <= 1 {
            return Ok(0);
        }
        let branch = match &mut self.mode {
            Mode::Random(rng) => rng.index(count),
            Mode::Bytes(bytes) => int_of_bytes(bytes, 0, count as i128 - 1, 0) as usize,
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Branch(branch)) if (branch as usize) < count => branch as usize,
                _ => 0,
            },
        };
        self.record(Choice::Branch(branch as u32), Domain::Branch(count as u32))?;
        Ok(branch)
    }

    /// One of the ways on that `allowed` names among `count`; the simplest is its first.
    ///
    /// A replay may take any of the `count`, so that a lifted value need not keep to a budget.
    pub fn branch_among(&mut self, count: usize, allowed: &[usize]) -> Draw<usize> {
        if count <= 1 {
            return Ok(0);
        }
        let simplest = allowed.first().copied().unwrap_or(0);
        let branch = match &mut self.mode {
            Mode::Random(rng) => rng.pick(allowed).copied().unwrap_or(simplest),
            Mode::Bytes(bytes) => {
                let pick = int_of_bytes(bytes, 0, allowed.len() as i128 - 1, 0) as usize;
                allowed.get(pick).copied().unwrap_or(simplest)
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Branch(branch)) if (branch as usize) < count => branch as usize,
                _ => simplest,
            },
        };
        self.record(Choice::Branch(branch as u32), Domain::Branch(count as u32))?;
        Ok(branch)
    }

    /// A text of `min..=max` code points.
    pub fn text(&mut self, min: usize, max: usize, alphabet: Alphabet) -> Draw<Text> {
        self.text_from(min, max, alphabet, &[])
    }

    /// A text of `min..=max` code points; random draws take one of the given texts now and then,
    /// where it fits.
    pub fn text_from(
        &mut self,
        min: usize,
        max: usize,
        alphabet: Alphabet,
        often: &[Text],
    ) -> Draw<Text> {
        let text = match &mut self.mode {
            Mode::Random(rng) => {
                let constant =
                    if often.is_empty() || !rng.chance(0.1) { None } else { rng.pick(often) };
                match constant.filter(|text| (min..=max).contains(&text.len())) {
                    Some(constant) => constant.clone(),
                    None => random_text(rng, min, max, alphabet),
                }
            }
            Mode::Bytes(bytes) => text_of_bytes(bytes, min, max, alphabet),
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Text(text)) if (min..=max).contains(&text.len()) => text,
                _ => "0".repeat(min).into(),
            },
        };
        self.record(Choice::Text(text.clone()), Domain::Text { min, max, alphabet })?;
        Ok(text)
    }

    /// Octets, `min..=max` of them.
    pub fn octets(&mut self, min: usize, max: usize) -> Draw<Vec<u8>> {
        let octets = match &mut self.mode {
            Mode::Random(rng) => {
                let length = random_length(rng, min, max);
                (0..length).map(|_| rng.next_u64() as u8).collect()
            }
            Mode::Bytes(bytes) => {
                let length = length_of_bytes(bytes, min, max.min(min + 255));
                (0..length).map(|_| given(bytes).unwrap_or(0)).collect()
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Bytes(octets)) if (min..=max).contains(&octets.len()) => octets,
                _ => vec![0; min],
            },
        };
        self.record(Choice::Bytes(octets.clone()), Domain::Bytes { min, max })?;
        Ok(octets)
    }

    /// A length of time up to `max`, random ones on the grid 1·2·5×10^k µs.
    pub fn duration(&mut self, max: Duration) -> Draw<Duration> {
        let micros = max.as_micros().max(1);
        let pick = |random: u128| {
            let decades = u128::from(micros.ilog10()) + 1;
            let step =
                [1, 2, 5][(random % 3) as usize] * 10_u128.pow((random / 3 % decades) as u32);
            Duration::from_micros(step.min(micros) as u64)
        };
        let duration = match &mut self.mode {
            Mode::Random(rng) => pick(u128::from(rng.next_u64())),
            Mode::Bytes(bytes) => {
                given(bytes).map_or(Duration::ZERO, |random: u16| pick(u128::from(random)))
            }
            Mode::Replay { .. } => match self.recorded() {
                Some(Choice::Duration(duration)) if duration <= max => duration,
                _ => Duration::ZERO,
            },
        };
        self.record(Choice::Duration(duration), Domain::Duration(max))?;
        Ok(duration)
    }
}
