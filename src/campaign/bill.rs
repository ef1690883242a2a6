//! What is planned, before the first request.

use std::sync::Arc;

use super::{Bill, Phase, Reach, Settings, Writes, parallel};
use crate::case::Call;
use crate::execute::Permission;
use crate::generate::catalogue;
use crate::generate::ideas::Ideas;
use crate::generate::planned::Planned;
use crate::spec::{Operation, Service};

/// The boundary cases of an operation, and the usual call that they start from.
pub(super) type Boundary = (Arc<Call>, Vec<Planned>);

impl Bill {
    /// What a campaign is going to do with a service, as far as that is known without asking it.
    pub fn of(
        service: &Service,
        settings: &Settings,
        permission: &Permission,
        rate: Option<f64>,
    ) -> Self {
        Self::planned(service, settings, permission, rate).0
    }

    /// The same, and what was planned for it: the boundary cases of each operation that takes part.
    pub(super) fn planned(
        service: &Service,
        settings: &Settings,
        permission: &Permission,
        rate: Option<f64>,
    ) -> (Self, Vec<(usize, Boundary)>) {
        let all = service.operations.iter().enumerate();
        let reached: Vec<(usize, &Operation, Reach)> = all
            .filter(|(_, operation)| settings.picks(operation))
            .map(|(index, operation)| {
                (index, operation, Reach::of(permission, settings, operation))
            })
            .collect();
        let mut writes = Writes::default();
        for (_, operation, reach) in reached.iter().filter(|(_, own, _)| !own.is_safe()) {
            *match reach {
                Reach::Nowhere => &mut writes.nowhere,
                Reach::Withheld => &mut writes.withheld,
                Reach::Anywhere if Permission::is_foreign_write(operation) => &mut writes.foreign,
                Reach::Anywhere => &mut writes.create,
            } += 1;
        }
        let ideas = Ideas::default();
        let boundary = |(_, operation, _): &(usize, &Operation, Reach)| {
            let base = Arc::new(catalogue::baseline(operation).ok()?);
            let planned = catalogue::boundary(operation, &base, &ideas);
            Some((base, planned))
        };
        let is_wanted = settings.phases.contains(&Phase::Boundary);
        let planned = if is_wanted { parallel::map(&reached, boundary) } else { Vec::new() };
        let mut boundary_cases = 0;
        let mut boundaries = Vec::new();
        for ((index, operation, reach), planned) in reached.iter().zip(planned) {
            let Some((base, planned)) = planned else { continue };
            let admitted = planned.iter().filter(|planned| reach.admits(operation, planned));
            boundary_cases += admitted.count() as u64;
            boundaries.push((*index, (base, planned)));
        }
        let bill = Self {
            service: service.name.clone(),
            seed: settings.seed,
            operations: reached.len(),
            boundary_cases,
            rate,
            budget: settings.max_cases.is_none().then_some(settings.max_time),
            max_cases: settings.max_cases,
            writes,
            ..Self::default()
        };
        (bill, boundaries)
    }
}
