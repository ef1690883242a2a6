//! How far the writes of a run reach: what of an operation is sent to a service that others use, too.

use super::Settings;
use crate::case::nowhere;
use crate::execute::Permission;
use crate::generate::catalogue;
use crate::generate::planned::Planned;
use crate::spec::Operation;

/// How far calls of an operation that change things reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Wherever the call says.
    Anywhere,
    /// Only to what cannot exist.
    Nowhere,
    /// Nowhere at all: they are not sent.
    Withheld,
}

/// Why calls are not sent.
pub(super) const WITHHELD: &str =
    "it writes to what the run did not create (--allow-foreign-writes)";

impl Reach {
    /// The reach of an operation's calls that stand alone.
    pub fn of(permission: &Permission, settings: &Settings, operation: &Operation) -> Self {
        if permission.is_unbounded() || !Permission::is_foreign_write(operation) {
            return Self::Anywhere;
        }
        let allowed = || {
            let mut call = catalogue::baseline(operation).ok()?;
            nowhere::put(operation, &mut call)?;
            settings.fix(operation, &mut call);
            permission.allows(Some(operation), &call, &nowhere::shown(&call)).ok()
        };
        if allowed().is_some() { Self::Nowhere } else { Self::Withheld }
    }

    /// Whether a planned call of the operation is worth sending: one that tries another id is not
    /// where the ids are given.
    pub fn admits(self, operation: &Operation, planned: &Planned) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Nowhere => !planned.is_in_path(operation),
            Self::Withheld => false,
        }
    }
}
