//! Bounds of what texts measure by their format.

use jsonschema::{Keyword, ValidationError};

use super::node::{Instance, Ours};
use crate::schema::measure::{Bound, Measure};

/// A bound with its limit; `None` where it says nothing, which everything satisfies.
pub(super) struct Reaches(pub(super) Option<(Bound, Measure, i128)>);

impl Reaches {
    fn holds(&self, instance: Instance<'_>) -> bool {
        let Some((bound, measure, limit)) = self.0 else { return true };
        let point = instance.text().and_then(|text| measure.point(text.as_str()?));
        point.is_none_or(|point| bound.admits(point, limit))
    }
}

impl<'i> Keyword<'i, Ours> for Reaches {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        let Some((bound, measure, limit)) = self.0.filter(|_| !self.holds(instance)) else {
            return Ok(());
        };
        let limit = match measure {
            Measure::Octets => format!("{limit} octets"),
            measure => measure.text(limit).unwrap_or_else(|| limit.to_string()),
        };
        Err(ValidationError::custom(match (bound.is_upper, bound.is_exclusive) {
            (false, false) => format!("value is less than the minimum {limit}"),
            (true, false) => format!("value is greater than the maximum {limit}"),
            (false, true) => format!("value is not greater than {limit}"),
            (true, true) => format!("value is not less than {limit}"),
        }))
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        self.holds(instance)
    }
}
