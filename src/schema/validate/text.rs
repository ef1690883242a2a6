//! `pattern` and, where formats are asserted, `format`.

use std::sync::Arc;

use jsonschema::{Keyword, ValidationError};

use super::node::{Instance, Ours};
use crate::schema::format::Format;
use crate::schema::pattern::Pattern;

/// `pattern`; `None` where it cannot be judged, which everything satisfies.
pub(super) struct Matches(pub(super) Option<Arc<Pattern>>);

impl Matches {
    fn holds(&self, instance: Instance<'_>) -> bool {
        let (Some(pattern), Some(text)) = (&self.0, instance.text()) else { return true };
        pattern.matches(text)
    }
}

impl<'i> Keyword<'i, Ours> for Matches {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(instance) {
            return Ok(());
        }
        let source = self.0.as_ref().map_or("", |pattern| pattern.source());
        Err(ValidationError::custom(format!("value does not match `{source}`")))
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        self.holds(instance)
    }
}

/// `format`; `None` for one that we do not know, which everything satisfies.
pub(super) struct HasFormat(pub(super) Option<Format>);

impl HasFormat {
    fn holds(&self, instance: Instance<'_>) -> bool {
        let Some(format) = self.0 else { return true };
        match instance {
            Instance::Value(value) => format.accepts(value),
            Instance::Name(name) => format.accepts_text(name),
        }
    }
}

impl<'i> Keyword<'i, Ours> for HasFormat {
    fn validate(&self, instance: Instance<'i>) -> Result<(), ValidationError<'i>> {
        if self.holds(instance) {
            return Ok(());
        }
        let name = self.0.map_or("", Format::name);
        Err(ValidationError::custom(format!("value is not a {name}")))
    }

    fn is_valid(&self, instance: Instance<'i>) -> bool {
        self.holds(instance)
    }
}
