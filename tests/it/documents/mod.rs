//! The documents of many real services, where the shared folder is there: what the catalogues and
//! random generation reach of every operation.

mod bounds;
mod variety;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use phi_fuzz::case::Label;
use phi_fuzz::choice::Rng;
use phi_fuzz::generate::ideas::Ideas;
use phi_fuzz::generate::{catalogue, confirm};
use phi_fuzz::spec::load::{Options, load};
use phi_fuzz::spec::{Operation, Service};

use crate::shared::shared;

/// What was found over all documents.
#[derive(Debug, Default)]
struct Found {
    operations: usize,
    without_valid: Vec<String>,
    bounds: usize,
    not_reached: Vec<String>,
    inputs: usize,
    monotonous: Vec<String>,
    planned: BTreeMap<&'static str, usize>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.operations += other.operations;
        self.without_valid.extend(other.without_valid);
        self.bounds += other.bounds;
        self.not_reached.extend(other.not_reached);
        self.inputs += other.inputs;
        self.monotonous.extend(other.monotonous);
        for (kind, count) in other.planned {
            *self.planned.entry(kind).or_default() += count;
        }
    }
}

fn paths() -> Option<Vec<PathBuf>> {
    let folder = std::fs::read_dir(shared()?.join("specs/openapi")).unwrap();
    let only = std::env::var("PHI_DOCUMENTS").unwrap_or_default();
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().contains(&only));
    paths.sort();
    Some(paths)
}

fn service(path: &Path) -> Service {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(load(path.to_str().unwrap(), &Options::default())).unwrap().service
}

#[test]
fn nearly_every_operation_of_the_shared_documents_is_reached_at_its_bounds_and_in_variety() {
    let Some(paths) = paths() else { return };
    // All takes long without optimisation; some show the same.
    let step = if std::env::var_os("PHI_FULL").is_some() { 1 } else { 4 };
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Found::default();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let service = service(path);
            let document = path.file_stem().unwrap().to_string_lossy();
            for operation in service.operations.iter().step_by(step) {
                found.add(look(&service, operation, &format!("{document} {}", operation.name)));
            }
        }
        found
    };
    let mut found = Found::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            found.add(worker.join().unwrap());
        }
    });
    let told = |title: &str, of: usize, list: &mut Vec<String>| {
        list.sort();
        println!("{title}: {} of {of}\n  {}", list.len(), list.join("\n  "));
    };
    told("operations without a valid case", found.operations, &mut found.without_valid);
    told("bounds not reached", found.bounds, &mut found.not_reached);
    told("inputs with fewer than 20 distinct values", found.inputs, &mut found.monotonous);
    println!("operations looked at: {}; cases confirmed: {:?}", found.operations, found.planned);
    assert!(found.without_valid.len() * 200 <= found.operations);
    assert!(found.not_reached.len() * 20 <= found.bounds);
    assert!(found.monotonous.len() * 20 <= found.inputs);
}

fn look(service: &Service, operation: &Operation, name: &str) -> Found {
    let mut found = Found { operations: 1, ..Found::default() };
    let base =
        catalogue::baseline(operation).ok().filter(|call| confirm::confirms(operation, call));
    let random = || (0..20).filter_map(|seed| catalogue::random(operation, Rng::new(seed)).ok());
    let is_valid = |label: Label| label == Label::Valid;
    let valid = base.iter().any(|base| is_valid(base.label))
        || random().any(|call| is_valid(call.label) && confirm::confirms(operation, &call));
    if !valid {
        found.without_valid.push(name.to_owned());
    }
    let Some(base) = base.map(Arc::new) else { return found };
    let mut declared = bounds::declared(operation);
    let all = [
        ("boundary", catalogue::boundary(operation, &base, &Ideas::default())),
        ("invalid", catalogue::invalid(operation, &base, &Ideas::default())),
        ("malformed", catalogue::malformed(service, operation, &base)),
    ];
    for (kind, planned) in all {
        let mut confirmed = 0;
        // All that is at a bound, and some of the rest.
        let at_bound = |class: &str| {
            ["min", "max", "long", "short", "simplest", "arm", "constant"]
                .iter()
                .any(|b| class.starts_with(b))
        };
        for (index, planned) in planned.iter().enumerate() {
            let wanted = kind == "boundary" && !declared.is_empty() && at_bound(planned.class);
            if index % 23 != 0 && !wanted {
                continue;
            }
            if let Some(call) = planned.call(operation) {
                confirmed += 1;
                if confirmed % 20 == 0 {
                    assert_eq!(planned.call(operation).as_ref(), Some(&call), "{name}");
                }
                if call.label == Label::Valid {
                    bounds::reach(operation, &call, &mut declared);
                }
            }
        }
        *found.planned.entry(kind).or_default() += confirmed;
    }
    found.bounds = declared.len();
    found.not_reached.extend(
        declared
            .into_iter()
            .filter(|bound| !bound.reached)
            .map(|bound| format!("{name} {}", bound.told())),
    );
    variety::look(operation, name, &mut found);
    found
}
