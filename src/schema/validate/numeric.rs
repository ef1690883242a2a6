//! `minimum`, `maximum`, their exclusive kin and `multipleOf`, in exact arithmetic.

use std::cmp::Ordering;

use jsonschema::{Keyword, ValidationError};

use super::node::{Instance, Ours};
use crate::value::{Decimal, Number};

/// A keyword that numbers are held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
    MultipleOf,
}

impl Rule {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("minimum", Self::Minimum),
        ("maximum", Self::Maximum),
        ("exclusiveMinimum", Self::ExclusiveMinimum),
        ("exclusiveMaximum", Self::ExclusiveMaximum),
        ("multipleOf", Self::MultipleOf),
    ];

    fn allows(self, order: Ordering) -> bool {
        match self {
            Self::Minimum => order.is_ge(),
            Self::Maximum => order.is_le(),
            Self::ExclusiveMinimum => order.is_gt(),
            Self::ExclusiveMaximum => order.is_lt(),
            Self::MultipleOf => true,
        }
    }
}

/// A rule with its limit.
#[derive(Debug)]
pub(super) struct Limit {
    rule: Rule,
    number: Number,
    /// The limit where it is an integer, for the usual case.
    int: Option<i128>,
    decimal: Option<Decimal>,
}

impl Limit {
    pub(super) fn new(rule: Rule, number: Number) -> Self {
        let decimal = number.decimal();
        let int = number.as_i128().or_else(|| decimal.as_ref()?.as_i128());
        Self { rule, number, int, decimal }
    }

    fn holds(&self, instance: Instance<'_>) -> bool {
        let Some(number) = instance.number() else { return true };
        if let (Some(int), Some(limit)) = (number.as_i128(), self.int) {
            return if self.rule == Rule::MultipleOf {
                limit != 0 && int % limit == 0
            } else {
                self.rule.allows(int.cmp(&limit))
            };
        }
        match (number.decimal(), &self.decimal) {
            (Some(number), Some(limit)) if self.rule == Rule::MultipleOf => {
                number.is_multiple_of(limit)
            }
            // An exponent of seven digits and more would need too much memory to tell.
            _ if self.rule == Rule::MultipleOf => true,
            (Some(number), Some(limit)) => self.rule.allows(number.cmp(limit)),
            _ => self.rule.allows(magnitude(number).cmp(&magnitude(&self.number))),
        }
    }
}

/// Sign and rough size, by which a number whose exponent is beyond all measure compares with every
/// other: -3 for such a negative one, 0 for zero, 1 for such a one next to zero, 2 for the usual.
fn magnitude(number: &Number) -> i8 {
    let lexeme = number.lexeme();
    let (mantissa, exponent) = lexeme.split_once(['e', 'E']).unwrap_or((&lexeme, "0"));
    let size = if !mantissa.contains(|c: char| ('1'..='9').contains(&c)) {
        0
    } else if number.decimal().is_some() {
        2
    } else if exponent.starts_with('-') {
        1
    } else {
        3
    };
    if mantissa.starts_with('-') { -size } else { size }
}

impl<'i> Keyword<'i, Ours> for Limit {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(instance) {
            return Ok(());
        }
        let limit = &self.number;
        Err(ValidationError::custom(match self.rule {
            Rule::Minimum => format!("value is less than the minimum {limit}"),
            Rule::Maximum => format!("value is greater than the maximum {limit}"),
            Rule::ExclusiveMinimum => format!("value is not greater than {limit}"),
            Rule::ExclusiveMaximum => format!("value is not less than {limit}"),
            Rule::MultipleOf => format!("value is not a multiple of {limit}"),
        }))
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        self.holds(instance)
    }
}
