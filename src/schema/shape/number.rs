//! Numbers with their bounds, and the grid they are drawn from.

use std::sync::OnceLock;

use crate::value::{Decimal, Number};

/// Integers drawn are within ±2^63 where the schema sets no bounds: what a service can be expected
/// to have thought of. Anything beyond is still written and lifted, as a raw value.
const INT64: (i128, i128) = (-(1 << 63), (1 << 63) - 1);

/// Bounds beyond this are cut off: no choice is wider.
const WIDEST: i128 = 1 << 100;

/// A number with its bounds.
#[derive(Clone, Debug, Default)]
pub struct NumberShape {
    /// Whether only integers will do.
    pub integer: bool,
    /// The least value allowed, and whether it is itself forbidden.
    pub min: Option<(Decimal, bool)>,
    /// The greatest value allowed, and whether it is itself forbidden.
    pub max: Option<(Decimal, bool)>,
    /// It must be a multiple of this.
    pub multiple_of: Option<Decimal>,
    /// The simplest value: the schema's default.
    pub default: Option<Decimal>,
    /// `format`: `int32`, `float`, …
    pub format: Option<String>,
    /// Worked out when first asked for.
    pub(super) grid: OnceLock<Option<Grid>>,
}

/// Where numbers are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub enum Grid {
    /// `k × step` for `k` of `min..=max`.
    Multiples {
        /// The step; `None` for 1.
        step: Option<Decimal>,
        /// Least factor.
        min: i128,
        /// Greatest factor.
        max: i128,
        /// Simplest factor.
        toward: i128,
    },
    /// Floats of `min..=max`.
    Floats {
        /// Least.
        min: f64,
        /// Greatest.
        max: f64,
        /// Simplest.
        toward: f64,
    },
}

impl NumberShape {
    /// Whether no keyword about numbers was given.
    pub(super) fn is_any(&self) -> bool {
        let format = self.format.as_deref().and_then(super::Format::of);
        !self.integer
            && self.min.is_none()
            && self.max.is_none()
            && self.multiple_of.is_none()
            && self.default.is_none()
            && format.is_none_or(|format| format.range().is_none())
    }

    /// Whether there is any value to draw.
    pub fn fits_any(&self) -> bool {
        self.grid().is_some()
    }

    /// The numbers that another shape admits, too; `None` where that cannot be told.
    pub fn met(&self, other: &Self) -> Option<Self> {
        let inner = |least: bool| {
            let of = |shape: &Self| if least { shape.min.clone() } else { shape.max.clone() };
            [self, other].into_iter().filter_map(of).reduce(|a, b| {
                let tighter = if least { b.0 > a.0 } else { b.0 < a.0 };
                if tighter || b.0 == a.0 && b.1 { b } else { a }
            })
        };
        let step = match (&self.multiple_of, &other.multiple_of) {
            (Some(one), Some(other)) => Some(one.least_common_multiple(other)?),
            (step, None) | (None, step) => step.clone(),
        };
        Some(Self {
            integer: self.integer || other.integer,
            min: inner(true),
            max: inner(false),
            multiple_of: step,
            ..Self::default()
        })
    }

    /// Where its values are drawn from; `None` where there are none.
    pub fn grid(&self) -> Option<&Grid> {
        self.grid.get_or_init(|| self.work_out()).as_ref()
    }

    /// The range its `format` names (OpenAPI format registry), where it names one.
    pub fn format_range(&self) -> Option<(i128, i128)> {
        match self.format.as_deref()? {
            "int8" => Some((-128, 127)),
            "uint8" => Some((0, 255)),
            "int16" => Some((-32768, 32767)),
            "uint16" => Some((0, 65535)),
            "int32" => Some((-(1 << 31), (1 << 31) - 1)),
            "uint32" => Some((0, (1 << 32) - 1)),
            "int64" => Some(INT64),
            "uint64" => Some((0, (1 << 64) - 1)),
            "double-int" => Some((-(1 << 53) + 1, (1 << 53) - 1)),
            _ => None,
        }
    }

    fn work_out(&self) -> Option<Grid> {
        let step = match (&self.multiple_of, self.integer) {
            (Some(step), false) => Some(step.clone()),
            (Some(step), true) if step.is_integer() => Some(step.clone()),
            // A multiple of 0.5 that is an integer is a multiple of 1.
            (Some(step), true) => Some(step.least_common_multiple(&Decimal::from(1))?),
            (None, true) => None,
            (None, false) => return self.floats(),
        };
        let step = step.filter(|step| *step != Decimal::from(1));
        let unit = step.clone().unwrap_or_else(|| Decimal::from(1));
        let usual = self.format_range().unwrap_or(INT64);
        let factor_down = |bound: &Decimal| bound.quotient_floor(&unit);
        let low = match &self.min {
            Some((bound, exclusive)) => {
                let floor = factor_down(bound).unwrap_or(-WIDEST).clamp(-WIDEST, WIDEST);
                let reaches = unit.times(floor);
                if reaches < *bound || *exclusive && reaches == *bound { floor + 1 } else { floor }
            }
            None => {
                let least = Decimal::from(usual.0);
                factor_down(&least)
                    .map_or(-WIDEST, |k| if unit.times(k) < least { k + 1 } else { k })
            }
        };
        let high = match &self.max {
            Some((bound, exclusive)) => {
                let floor = factor_down(bound).unwrap_or(WIDEST).clamp(-WIDEST, WIDEST);
                if *exclusive && unit.times(floor) == *bound { floor - 1 } else { floor }
            }
            None => factor_down(&Decimal::from(usual.1)).unwrap_or(WIDEST),
        };
        // Bounds beyond the usual range widen it.
        let (low, high) = (low.clamp(-WIDEST, WIDEST), high.clamp(-WIDEST, WIDEST));
        let (low, high) = match (low <= high, &self.min, &self.max) {
            (true, ..) => (low, high),
            (false, Some(_), None) => (low, low.saturating_add(1 << 20).min(WIDEST)),
            (false, None, Some(_)) => (high.saturating_sub(1 << 20).max(-WIDEST), high),
            _ => return None,
        };
        let wanted = self.default.as_ref().and_then(|default| default.quotient_floor(&unit));
        Some(Grid::Multiples {
            step,
            min: low,
            max: high,
            toward: wanted.unwrap_or(0).clamp(low, high),
        })
    }

    fn floats(&self) -> Option<Grid> {
        let widest =
            if self.format.as_deref() == Some("float") { f64::from(f32::MAX) } else { f64::MAX };
        let float = |bound: &Decimal| bound.to_number().as_f64();
        let low = self.min.as_ref().map_or(-widest, |(bound, exclusive)| {
            let near = float(bound).max(f64::MIN);
            let exact = Number::from_f64(near).and_then(|n| n.decimal());
            let below = exact.is_none_or(|exact| exact < *bound || *exclusive && exact == *bound);
            if below { near.next_up() } else { near }
        });
        let high = self.max.as_ref().map_or(widest, |(bound, exclusive)| {
            let near = float(bound).min(f64::MAX);
            let exact = Number::from_f64(near).and_then(|n| n.decimal());
            let above = exact.is_none_or(|exact| exact > *bound || *exclusive && exact == *bound);
            if above { near.next_down() } else { near }
        });
        if low > high || !low.is_finite() || !high.is_finite() {
            return None;
        }
        let wanted = self.default.as_ref().map_or(0.0, float);
        // Exclusive bounds leave no simplest float; the nearest whole number inside is one.
        let toward = if (low..=high).contains(&wanted) {
            wanted
        } else {
            let whole = if wanted < low { low.ceil() } else { high.floor() };
            if (low..=high).contains(&whole) { whole } else { wanted.clamp(low, high) }
        };
        Some(Grid::Floats { min: low, max: high, toward })
    }
}

impl Grid {
    /// The number of a factor; only for [`Grid::Multiples`].
    pub fn number(step: Option<&Decimal>, factor: i128) -> Number {
        match step {
            None => Number::from(factor),
            Some(step) => step.times(factor).to_number(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(
        integer: bool,
        min: Option<(&str, bool)>,
        max: Option<(&str, bool)>,
        step: Option<&str>,
    ) -> NumberShape {
        let decimal = |text: &str| Decimal::parse(text).unwrap();
        NumberShape {
            integer,
            min: min.map(|(text, exclusive)| (decimal(text), exclusive)),
            max: max.map(|(text, exclusive)| (decimal(text), exclusive)),
            multiple_of: step.map(decimal),
            ..NumberShape::default()
        }
    }

    fn factors(shape: &NumberShape) -> Option<(i128, i128, i128)> {
        match shape.grid()? {
            Grid::Multiples { min, max, toward, .. } => Some((*min, *max, *toward)),
            Grid::Floats { .. } => None,
        }
    }

    #[test]
    fn bounds_become_factors() {
        assert_eq!(
            factors(&shape(true, Some(("1", false)), Some(("1000", false)), None)),
            Some((1, 1000, 1))
        );
        assert_eq!(
            factors(&shape(true, Some(("0.5", false)), Some(("3.5", false)), None)),
            Some((1, 3, 1))
        );
        assert_eq!(
            factors(&shape(true, Some(("-3", true)), Some(("3", true)), None)),
            Some((-2, 2, 0))
        );
        assert_eq!(
            factors(&shape(false, Some(("0", true)), Some(("1", false)), Some("0.01"))),
            Some((1, 100, 1))
        );
        assert_eq!(
            factors(&shape(true, Some(("3", false)), Some(("10", false)), Some("4"))),
            Some((1, 2, 1))
        );
    }

    #[test]
    fn empty_ranges_have_no_grid() {
        assert!(!shape(true, Some(("0", true)), Some(("1", true)), None).fits_any());
        assert!(!shape(false, Some(("1", true)), Some(("1", false)), None).fits_any());
        assert!(!shape(false, Some(("1", false)), Some(("2", false)), Some("5")).fits_any());
    }

    #[test]
    fn floats_keep_exclusive_bounds() {
        let Some(Grid::Floats { min, max, toward }) =
            shape(false, Some(("0", true)), Some(("1", true)), None).grid().cloned()
        else {
            panic!("no floats")
        };
        assert!(min > 0.0 && max < 1.0 && (min..=max).contains(&toward));
    }
}
