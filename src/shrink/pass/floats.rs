//! Floats: the simplest, the other sign, a whole number, fewer digits; whole ones by bisection.

use super::leaf::leaves_where;
use super::{Flow, Pass, Place, Target, Trial};
use crate::choice::{Choice, Domain, Node, Trace};
use crate::shrink::Edit;

pub(super) const PASS: Pass = Pass { name: "floats", structural: false, targets, run };

/// Whole numbers up to here are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn targets(trace: &Trace) -> Vec<Target> {
    let float = |node: &Node| matches!(node.choice, Choice::Float(_));
    leaves_where(trace, float).into_iter().map(|place| vec![place]).collect()
}

fn run(trial: &mut Trial<'_>, target: &[Place]) -> Flow {
    let Some((value, toward)) = float_at(&trial.best(), &target[0]) else { return Ok(()) };
    let mut go = |float: f64| {
        trial.attempt(|trace| {
            let node = target[0].find_choice(trace)?;
            let Domain::Float { min, max, .. } = trace.nodes[node].domain else { return None };
            (min..=max).contains(&float).then(|| Edit::new().set(node, Choice::Float(float)))
        })
    };
    if go(toward)? {
        return Ok(());
    }
    let value = if value < 0.0 && go(-value)? { -value } else { value };
    let whole = [value.trunc(), value.trunc() + value.signum()];
    let whole = if value.fract() == 0.0 {
        Some(value)
    } else if go(whole[0])? {
        Some(whole[0])
    } else {
        go(whole[1])?.then_some(whole[1])
    };
    match whole {
        Some(whole) if whole.abs() <= EXACT => lower_whole(&mut go, whole, toward),
        Some(huge) => lower_huge(&mut go, huge, toward),
        None => fewer_digits(&mut go, value),
    }
}

fn float_at(trace: &Trace, place: &Place) -> Option<(f64, f64)> {
    let node = &trace.nodes[place.find_choice(trace)?];
    match (&node.choice, &node.domain) {
        (Choice::Float(value), Domain::Float { toward, .. }) => Some((*value, *toward)),
        _ => None,
    }
}

/// Bisects the distance of a whole number from the simplest one.
fn lower_whole(go: &mut dyn FnMut(f64) -> Flow<bool>, whole: f64, toward: f64) -> Flow {
    let toward = toward.trunc();
    let sign = (whole - toward).signum();
    let (mut low, mut high) = (0_i128, (whole - toward).abs() as i128);
    // The next one first: mostly that is the end of it.
    if high < 2 || !go(toward + sign * (high - 1) as f64)? {
        return Ok(());
    }
    high -= 1;
    while high - low > 1 {
        // Geometric while the range is wide, so that the bit length is found first.
        let middle =
            if low * 4 < high { (low.max(1) * high).isqrt() } else { low + (high - low) / 2 };
        let middle = middle.clamp(low + 1, high - 1);
        if go(toward + sign * middle as f64)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(())
}

/// Bisects the powers of ten below a number that is too large to be exact, and goes on from there where
/// one of them is not.
fn lower_huge(go: &mut dyn FnMut(f64) -> Flow<bool>, huge: f64, toward: f64) -> Flow {
    // Read from text, since `powi` is not exact.
    let power =
        |exponent: i32| format!("1e{exponent}").parse().unwrap_or(huge.abs()).copysign(huge);
    let (mut low, mut high) = (0, huge.abs().log10().floor() as i32);
    if !go(power(high))? {
        return Ok(());
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if go(power(middle))? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if power(high).abs() <= EXACT { lower_whole(go, power(high), toward) } else { Ok(()) }
}

/// Rounds to as few significant digits as will do, either way.
fn fewer_digits(go: &mut dyn FnMut(f64) -> Flow<bool>, value: f64) -> Flow {
    for digits in 0..16 {
        let Ok(near) = format!("{value:.digits$e}").parse::<f64>() else { continue };
        let unit = 10_f64.powi(value.abs().log10().floor() as i32 - digits as i32);
        let far = if near.abs() < value.abs() {
            near + unit.copysign(value)
        } else {
            near - unit.copysign(value)
        };
        let far = format!("{far:.digits$e}").parse::<f64>().unwrap_or(far);
        if go(near)? || go(far)? {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::shrink::example::plain;

    fn shrunk(fails: impl Fn(f64) -> bool) -> String {
        plain(|source| source.float(-1e9, 1e9, 0.0), |float| fails(*float)).to_string()
    }

    #[test]
    fn huge_numbers_become_powers_of_ten_and_then_whole_ones() {
        let shrunk = |least: f64| {
            let draw =
                |source: &mut crate::choice::Source<'_>| source.float(-f64::MAX, f64::MAX, 0.0);
            plain(draw, move |float| *float >= least).to_string()
        };
        assert_eq!(shrunk(86_399_999_999_999.0), "86399999999999");
        assert_eq!(shrunk(3e200), format!("{}", 1e201));
    }

    #[test]
    fn whole_numbers_come_before_short_ones() {
        assert_eq!(shrunk(|float| float > 12.3), "13");
        assert_eq!(shrunk(|float| float < -12.3), "-13");
        assert_eq!(shrunk(|float| float.abs() > 1234.5), "1235");
        let short = shrunk(|float| float.fract() != 0.0 && (2.0..9.0).contains(&float.abs()));
        assert_eq!(short.len(), 3, "{short}");
    }
}
