//! The usual call of each operation: what a check varies to ask something further.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Call;

/// The usual calls of a service's operations, by their numbers: what the document gives as an example,
/// else the simplest call it allows. The same in every run.
#[derive(Clone, Debug, Default)]
pub struct Usual(BTreeMap<usize, Arc<Call>>);

impl Usual {
    /// The usual call of the operation of this number.
    pub fn call(&self, operation: usize) -> Option<&Arc<Call>> {
        self.0.get(&operation)
    }
}

impl FromIterator<(usize, Arc<Call>)> for Usual {
    fn from_iter<T: IntoIterator<Item = (usize, Arc<Call>)>>(calls: T) -> Self {
        Self(calls.into_iter().collect())
    }
}
