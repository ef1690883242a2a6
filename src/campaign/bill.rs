//! What is planned, before the first request.

use std::sync::Arc;

use super::{Bill, Phase, Reach, Settings, Writes, parallel};
use crate::execute::Permission;
use crate::generate::catalogue;
use crate::spec::{Operation, Service};

impl Bill {
    /// What a campaign is going to do with a service, as far as that is known without asking it.
    pub fn of(
        service: &Service,
        settings: &Settings,
        permission: &Permission,
        rate: Option<f64>,
    ) -> Self {
        let picked = service.operations.iter().filter(|operation| settings.picks(operation));
        let reached: Vec<(&Operation, Reach)> = picked
            .map(|operation| (operation, Reach::of(permission, settings, operation)))
            .collect();
        let mut writes = Writes::default();
        for (operation, reach) in reached.iter().filter(|(operation, _)| !operation.is_safe()) {
            *match reach {
                Reach::Nowhere => &mut writes.nowhere,
                Reach::Withheld => &mut writes.withheld,
                Reach::Anywhere if Permission::is_foreign_write(operation) => &mut writes.foreign,
                Reach::Anywhere => &mut writes.create,
            } += 1;
        }
        let boundary_cases = |(operation, reach): &(&Operation, Reach)| {
            let Ok(base) = catalogue::baseline(operation) else { return 0 };
            let planned = catalogue::boundary(operation, &Arc::new(base));
            planned.iter().filter(|planned| reach.admits(operation, planned)).count() as u64
        };
        let boundary = settings.phases.contains(&Phase::Boundary);
        let cases = if boundary { parallel::map(&reached, boundary_cases) } else { Vec::new() };
        Self {
            service: service.name.clone(),
            seed: settings.seed,
            operations: reached.len(),
            boundary_cases: cases.into_iter().sum(),
            rate,
            budget: settings.max_cases.is_none().then_some(settings.max_time),
            max_cases: settings.max_cases,
            writes,
            ..Self::default()
        }
    }
}
