//! Integers toward their simplest: that itself, the other sign, the bit length, then bisection.
//!
//! Thresholds that people write are round: inside the last power of two, that power and a power of
//! ten split the range before halves do. In later rounds the next one is tried first, which is
//! mostly known already.

use super::leaf::{Int, leaves_where, try_int};
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::Trace;

pub(super) const PASS: Pass = Pass { name: "integers", structural: false, targets, run: lower };

/// Distances up to this are tried one by one.
const NEAR: i128 = 5;
/// Ranges wider than this are split at round numbers first.
const WIDE: i128 = 1 << 7;

fn targets(trace: &Trace) -> Vec<Target> {
    let ints = |node: &_| Int::of(node).is_some();
    leaves_where(trace, ints).into_iter().map(|place| vec![place]).collect()
}

/// Lowers the integers at these places together; they are equal.
pub(super) fn lower(trial: &mut Trial<'_>, places: &[Place]) -> Flow {
    let Some(int) = Int::at(&trial.best(), &places[0]) else { return Ok(()) };
    let Int { value, min, max, toward } = int;
    if value == toward || try_int(trial, places, toward)? {
        return Ok(());
    }
    let mut high = int.distance();
    let mut sign = (value - toward).signum();
    if sign < 0 && toward + high <= max && try_int(trial, places, toward + high)? {
        sign = 1;
    }
    // Distances from the simplest: `high` fails, `low` passes.
    let mut low = 0;
    let at_bound = value == max || value == min;
    if (trial.round() > 0 || at_bound) && high > 1 {
        let mut next = high - 1;
        let mut lower = try_int(trial, places, toward + sign * next)?;
        if !lower && next > 1 && trial.is_in_doubt() {
            next -= 1;
            lower = try_int(trial, places, toward + sign * next)?;
        }
        if !lower {
            return Ok(());
        }
        high = next;
    }
    if high <= NEAR {
        return one_by_one(trial, places, toward, high);
    }
    let later = trial.round() > 0;
    let mut go = |distance: i128| try_int(trial, places, toward + sign * distance);
    if later {
        // It was low before: the end is near.
        let mut stride = 2;
        while high - stride > low {
            if !go(high - stride)? {
                low = high - stride;
                break;
            }
            high -= stride;
            stride *= 2;
        }
        return bisect(low, high, &mut go);
    }
    let (mut short, mut long) = (0, bits(high));
    while long - short > 1 {
        let middle = u32::midpoint(short, long);
        let most = (1 << middle) - 1;
        if go(most)? {
            (high, long) = (most, middle);
        } else {
            (low, short) = (most, middle);
        }
    }
    for round in [1 << high.ilog2(), 10_i128.pow(high.ilog10())] {
        if high - low > WIDE && (low + 1..high).contains(&round) {
            if go(round)? {
                high = round;
                if low < high - 1 && !go(high - 1)? {
                    return Ok(());
                }
                high -= 1;
            } else {
                low = round;
            }
        }
    }
    bisect(low, high, &mut go)
}

/// Closes in on the least distance that fails; `low` passes, `high` fails.
fn bisect(mut low: i128, mut high: i128, go: &mut dyn FnMut(i128) -> Flow<bool>) -> Flow {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if go(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(())
}

/// Tries the nearest distances from small to large, on both sides.
pub(super) fn one_by_one(
    trial: &mut Trial<'_>,
    places: &[Place],
    toward: i128,
    below: i128,
) -> Flow {
    for distance in 1..below {
        for int in [toward + distance, toward - distance] {
            if try_int(trial, places, int)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn bits(distance: i128) -> u32 {
    i128::BITS - distance.leading_zeros()
}

#[cfg(test)]
mod tests {
    use crate::shrink::Cost;
    use crate::shrink::example::{plain, shrink};

    #[test]
    fn a_threshold_is_found_on_either_side() {
        let int = |source: &mut crate::choice::Source<'_>| source.int(-1_000_000, 1_000_000, 7);
        assert_eq!(plain(int, |int| *int > 4711), 4712);
        assert_eq!(plain(int, |int| *int < -4711), -4712);
        assert_eq!(plain(int, |int| int.abs() > 4711), 4712);
    }

    #[test]
    fn round_thresholds_are_cheap() {
        for (threshold, most) in [(1000, 12), (1_000_000, 15), (1 << 31, 15), (1 << 53, 16)] {
            let shrunk = shrink(
                |source| source.int(0, 1 << 62, 0),
                |_| Cost::default(),
                |int| *int > 8 * threshold,
                |int| *int >= threshold,
            );
            assert_eq!(shrunk.value, threshold);
            assert!(shrunk.probes <= most, "{threshold} took {} probes", shrunk.probes);
        }
    }

    #[test]
    fn branches_and_bits_are_lowered_too() {
        let draw = |source: &mut crate::choice::Source<'_>| {
            Ok((source.branch(9)?, source.bool(0.5)?, source.bool(0.5)?))
        };
        assert_eq!(plain(draw, |(branch, a, _)| *branch > 4 && *a), (5, true, false));
    }
}
