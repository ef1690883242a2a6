//! Finding operations in one step: every call asks, and a document may have thousands.

use foldhash::HashMap;
use std::sync::OnceLock;

use super::routes::Routes;
use super::{Operation, Service};

/// What is worked out of a service's operations when first asked. Without effect where operations
/// have come or gone since.
#[derive(Clone, Debug, Default)]
pub struct Index(OnceLock<Worked>);

#[derive(Clone, Debug)]
struct Worked {
    count: usize,
    names: HashMap<String, usize>,
    routes: Routes,
    /// By path: the operations whose paths can be the same when finished.
    meeting: HashMap<String, OnceLock<Vec<usize>>>,
}

impl Worked {
    fn of(operations: &[Operation]) -> Self {
        let numbered = operations.iter().enumerate();
        Self {
            count: operations.len(),
            names: numbered.map(|(number, o)| (o.name.clone(), number)).collect(),
            routes: Routes::of(operations.iter().map(|o| &*o.path)),
            meeting: operations.iter().map(|o| (o.path.clone(), OnceLock::new())).collect(),
        }
    }
}

impl Service {
    fn worked(&self) -> Option<&Worked> {
        let worked = self.index.0.get_or_init(|| Worked::of(&self.operations));
        Some(worked).filter(|worked| worked.count == self.operations.len())
    }

    /// Whether all that it has are methods of gRPC.
    pub fn is_rpc(&self) -> bool {
        !self.operations.is_empty() && self.operations.iter().all(|own| own.rpc.is_some())
    }

    /// The operation of this name: `POST /orders/{id}`.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(self.number(name)?)
    }

    /// The number of the operation of this name among all of the service.
    pub fn number(&self, name: &str) -> Option<usize> {
        let is_called =
            |number: &usize| self.operations.get(*number).is_some_and(|o| o.name == name);
        let known = self.worked().and_then(|worked| worked.names.get(name)).copied();
        known.filter(is_called).or_else(|| (0..self.operations.len()).find(is_called))
    }

    /// The operations of this path and of all that a finished path of it can also be of: for
    /// `/users/{id}` those of `/users/search`, too. In the order of the document.
    pub fn meeting(&self, path: &str) -> impl Iterator<Item = &Operation> {
        let worked = self.worked();
        let find = || match worked {
            Some(worked) => worked.routes.meeting(path),
            None => Routes::of(self.operations.iter().map(|o| &*o.path)).meeting(path),
        };
        let known = worked.and_then(|worked| worked.meeting.get(path));
        let (known, found) = match known {
            Some(known) => (known.get_or_init(find).as_slice(), Vec::new()),
            None => ([].as_slice(), find()),
        };
        known.iter().copied().chain(found).filter_map(|number| self.operations.get(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load;

    fn named(names: &[&str]) -> Vec<Operation> {
        let operations = |name: &&str| {
            let (method, path) = name.split_once(' ').unwrap();
            let method = method.to_lowercase();
            let document = format!(
                r#"{{"swagger":"2.0","info":{{}},"paths":{{"{path}":{{"{method}":{{"responses":{{}}}}}}}}}}"#
            );
            load::alone("t.json", document.as_bytes()).unwrap().service.operations
        };
        names.iter().flat_map(operations).collect()
    }

    #[test]
    fn operations_are_found_by_name_also_after_they_have_moved() {
        let operations = named(&["GET /a", "GET /b"]);
        let mut service = Service { operations, ..Service::default() };
        assert_eq!(service.operation("GET /b").map(|o| &*o.path), Some("/b"));
        service.operations = named(&["GET /b", "GET /c", "GET /d"]);
        assert_eq!(service.operation("GET /b").map(|o| &*o.path), Some("/b"));
        assert_eq!(service.operation("GET /d").map(|o| &*o.path), Some("/d"));
        assert!(service.operation("GET /a").is_none());
    }

    #[test]
    fn operations_that_can_meet_are_found_for_any_path() {
        let names = ["GET /u/{id}", "PUT /u/{id}", "GET /u/me", "GET /u", "GET /x/me"];
        let service = Service { operations: named(&names), ..Service::default() };
        let meeting = |path| service.meeting(path).map(|o| &*o.name).collect::<Vec<_>>();
        for _ in 0..2 {
            assert_eq!(meeting("/u/{id}"), names[..3]);
            assert_eq!(meeting("/u/me"), names[..3]);
            assert_eq!(meeting("/u"), names[3..4]);
            assert_eq!(meeting("/{kind}/me"), [names[0], names[1], names[2], names[4]]);
        }
    }
}
