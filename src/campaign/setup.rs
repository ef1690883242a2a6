//! What has to be made before a call of an operation can be answered.
//!
//! Where a path names a thing that was there before anyone called, that will do. Otherwise calls stand
//! behind those that make what they name, by reference: such a case runs on a fresh service.

use std::sync::Arc;

use crate::case::{Call, Case, Step};

/// The usual call of an operation behind those that make what it names.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    before: Arc<[Call]>,
    usual: Arc<Call>,
}

impl Setup {
    /// The set-up that a case is, whose last call was answered as hoped; `None` for a case of one call.
    pub(super) fn of(case: &Case) -> Option<Self> {
        let calls: Vec<Call> = case.calls().cloned().collect();
        let (usual, before) = calls.split_last()?;
        (!before.is_empty()).then(|| Self { before: before.into(), usual: Arc::new(usual.clone()) })
    }

    /// The usual call, which refers to the answers of earlier ones.
    pub(super) fn usual(&self) -> &Arc<Call> {
        &self.usual
    }

    /// A call that was made without knowing of any other, with the path of the usual one.
    pub(super) fn bind(&self, call: &mut Call) {
        call.path.clone_from(&self.usual.path);
    }

    /// The case of a call like the usual one behind those that it needs.
    pub(super) fn case(&self, service: &str, mut call: Call) -> Case {
        call.id.clone_from(&self.usual.id);
        let mut wanted: Vec<String> = call.references().into_iter().map(str::to_owned).collect();
        let mut steps = vec![Step::Call(call)];
        for earlier in self.before.iter().rev() {
            if wanted.contains(&earlier.id) {
                wanted.extend(earlier.references().into_iter().map(str::to_owned));
                steps.push(Step::Call(earlier.clone()));
            }
        }
        steps.reverse();
        Case { service: service.to_owned(), connections: Vec::new(), steps }
    }
}
