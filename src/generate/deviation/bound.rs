//! Bounds and multiples of numbers, and bounds of what texts measure.

use super::{Emit, measure};
use crate::generate::walk::Spot;
use crate::schema::shape::{Branch, NumberShape};
use crate::value::{Decimal, Number, Value};

/// How far beyond a bound: by the least step, and by much.
const FAR: i128 = 1_000_000;

/// The names of the classes.
pub(super) fn classes() -> Vec<&'static str> {
    [
        "the bound itself",
        "one step below",
        "far below",
        "one step above",
        "far above",
        "the next float below",
        "the next float above",
        "a step and a bit",
        "a bit less",
        "a tenth of a step more",
    ]
    .into_iter()
    .chain(measure::CLASSES)
    .collect()
}

/// Breaks each bound.
pub(super) fn breaks(spot: &Spot<'_>, emit: &mut Emit<'_>) {
    measure::breaks(spot, emit);
    for branch in &spot.node.branches {
        let Branch::Number(shape) = branch else { continue };
        let step = step(shape);
        if let Some((bound, exclusive)) = &shape.min {
            let rule = if *exclusive { "exclusiveMinimum" } else { "minimum" };
            if *exclusive {
                number(emit, rule, "the bound itself", bound);
            }
            number(emit, rule, "one step below", &bound.minus(&step));
            number(emit, rule, "far below", &bound.minus(&step.times(FAR)));
            if !shape.integer {
                float(emit, rule, "the next float below", bound, f64::next_down);
            }
        }
        if let Some((bound, exclusive)) = &shape.max {
            let rule = if *exclusive { "exclusiveMaximum" } else { "maximum" };
            if *exclusive {
                number(emit, rule, "the bound itself", bound);
            }
            number(emit, rule, "one step above", &bound.plus(&step));
            number(emit, rule, "far above", &bound.plus(&step.times(FAR)));
            if !shape.integer {
                float(emit, rule, "the next float above", bound, f64::next_up);
            }
        }
        if let Some(step) = &shape.multiple_of
            && let Some(inside) = spot.simplest_of(branch)
            && let Some(inside) = inside.as_number().and_then(Number::decimal)
        {
            let half = Decimal::parse("0.5").unwrap_or_else(|| Decimal::from(1));
            let unit = if shape.integer { Decimal::from(1) } else { half };
            for (class, off) in [
                ("a step and a bit", inside.plus(&unit)),
                ("a bit less", inside.minus(&unit)),
                ("a tenth of a step more", inside.plus(&tenth(step))),
            ] {
                number(emit, "multipleOf", class, &off);
            }
        }
    }
}

fn number(emit: &mut Emit<'_>, rule: &'static str, class: &'static str, decimal: &Decimal) {
    emit.value(rule, class, Value::Number(decimal.to_number()));
}

fn float(
    emit: &mut Emit<'_>,
    rule: &'static str,
    class: &'static str,
    bound: &Decimal,
    next: fn(f64) -> f64,
) {
    if let Some(number) = Number::from_f64(next(bound.to_number().as_f64())) {
        emit.value(rule, class, Value::Number(number));
    }
}

/// The least step that keeps the other rules.
fn step(shape: &NumberShape) -> Decimal {
    match &shape.multiple_of {
        Some(step) => step.clone(),
        None => Decimal::from(1),
    }
}

fn tenth(step: &Decimal) -> Decimal {
    Decimal::parse(&format!("{}e-1", step.to_number())).unwrap_or_else(|| step.clone())
}
