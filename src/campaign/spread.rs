//! Where else findings show: other operations with the same cause, which are not filed again.

use super::{Campaign, Event};

/// The other operations that show each finding, by its id.
#[derive(Debug, Default)]
pub(super) struct Spread(Vec<(String, Vec<String>)>);

impl Spread {
    /// Notes that a finding shows at another operation; whether that is new.
    fn reaches(&mut self, id: &str, operation: &str) -> bool {
        let known = self.0.iter().position(|(known, _)| known == id).unwrap_or_else(|| {
            self.0.push((id.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        let operations = &mut self.0[known].1;
        let new = !operations.iter().any(|known| known == operation);
        if new {
            operations.push(operation.to_owned());
        }
        new
    }

    /// Forgets a finding; gives the other operations that showed it.
    pub(super) fn forget(&mut self, id: &str) -> Vec<String> {
        let known = self.0.iter().position(|(known, _)| known == id);
        known.map(|known| self.0.remove(known).1).unwrap_or_default()
    }

    /// The findings that show elsewhere, with the other operations.
    pub(super) fn take(&mut self) -> Vec<(String, Vec<String>)> {
        std::mem::take(&mut self.0)
    }
}

impl Campaign<'_> {
    /// Notes, and tells where it is new, that a finding shows at an operation.
    pub(super) fn reaches(&mut self, id: &str, operation: &str) {
        // Of what is committed, its replay tells.
        let found = self.found.iter().find(|found| found.id == id);
        let elsewhere = found.is_some_and(|found| found.operation != operation);
        if elsewhere && self.spread.reaches(id, operation) {
            let (id, operation) = (id.to_owned(), operation.to_owned());
            (self.emit)(Event::Spread { id, operation });
        }
    }

    /// What one finding explained, another one explains that has taken its place.
    pub(super) fn inherit(&mut self, of: &str, operation: &str, heir: &str) {
        for cause in self.causes.iter_mut().filter(|cause| cause.id == of) {
            heir.clone_into(&mut cause.id);
        }
        self.reaches(heir, operation);
        for operation in self.spread.forget(of) {
            self.reaches(heir, &operation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_noted_once_and_all_are_given_on() {
        let mut spread = Spread::default();
        assert!(spread.reaches("t-1", "GET /a") && spread.reaches("t-1", "GET /b"));
        assert!(!spread.reaches("t-1", "GET /a") && spread.reaches("t-2", "GET /a"));
        assert_eq!(spread.forget("t-1"), ["GET /a", "GET /b"]);
        assert_eq!(spread.take(), [("t-2".to_owned(), vec!["GET /a".to_owned()])]);
    }
}
