//! Documents of one service, and its interfaces, taken together.

use std::collections::HashSet;

use super::{Problem, Scheme, Service};

/// One service of several documents: operations of later ones are added, one that stands twice is a
/// problem.
pub fn merge(mut first: Service, others: Vec<Service>) -> Service {
    for other in others {
        let mut names: HashSet<String> =
            first.operations.iter().map(|operation| operation.name.clone()).collect();
        for operation in other.operations {
            if names.insert(operation.name.clone()) {
                first.operations.push(operation);
            } else {
                first.problems.push(Problem {
                    place: operation.place.clone(),
                    operation: Some(operation.name.clone()),
                    lost: false,
                    message: "stands in an earlier document already; that one is used".to_owned(),
                });
            }
        }
        let new = |scheme: &Scheme| !first.schemes.iter().any(|known| known.name == scheme.name);
        let schemes: Vec<_> = other.schemes.into_iter().filter(new).collect();
        first.schemes.extend(schemes);
        first.problems.extend(other.problems);
        if first.servers.is_empty() {
            first.servers = other.servers;
        }
    }
    first
}
