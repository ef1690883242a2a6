//! The documents of many real services, where the folder that holds them is at hand.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::schema::Schema;
use crate::spec::Service;
use crate::spec::load::{self, Options};

/// `specs/openapi` of the shared folder; `None`, and a word about it, where there is none.
fn documents() -> Option<Vec<PathBuf>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let shared = std::env::var_os("PHI_SHARED").map_or_else(|| beside.into(), PathBuf::from);
    let Ok(folder) = std::fs::read_dir(shared.join("specs/openapi")) else {
        println!("skipped: no {}", shared.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Some(paths)
}

fn service(path: &Path) -> Service {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(load::load(path.to_str().unwrap(), &Options::default())).unwrap().service
}

fn schemas(service: &Service) -> Vec<&Schema> {
    let mut all = Vec::new();
    for operation in &service.operations {
        all.extend(operation.parameters.iter().map(|parameter| &parameter.schema));
        let answers = operation.responses.by_status.iter().map(|(_, response)| response);
        for response in answers.clone() {
            all.extend(response.headers.iter().map(|header| &header.schema));
        }
        let bodies = operation.body.iter().flat_map(|body| &body.contents);
        let contents = bodies.chain(answers.flat_map(|response| &response.contents));
        all.extend(contents.filter_map(|content| content.schema.as_ref()));
    }
    all
}

/// Whether a second validator takes the bundle for a schema of 2020-12.
fn compiles(bundle: &str) -> Result<(), String> {
    let mut compiler = boon::Compiler::new();
    compiler.set_default_draft(boon::Draft::V2020_12);
    compiler.add_resource("urn:bundle", serde_json::from_str(bundle).unwrap()).unwrap();
    let compiled = compiler.compile("urn:bundle", &mut boon::Schemas::new());
    compiled.map(drop).map_err(|error| format!("{error:#}"))
}

#[test]
fn every_operation_of_every_shared_document_is_read_and_its_schemas_bundle() {
    let Some(paths) = documents() else { return };
    assert_eq!(paths.len(), 52);
    let (mut operations, mut edges) = (0, 0);
    let (mut problems, mut refused) = (Vec::new(), Vec::new());
    let mut bundles = HashSet::new();
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let service = service(path);
        operations += service.operations.len();
        for schema in schemas(&service) {
            let bundle = schema.bundle().unwrap_or_else(|error| panic!("{name}: {error}"));
            let bundle = bundle.to_string();
            if !bundles.contains(&bundle) {
                refused.extend(compiles(&bundle).err().map(|error| format!("{name}: {error}")));
                bundles.insert(bundle);
            }
        }
        let begun = std::time::Instant::now();
        let graph = service.graph();
        println!("{name}: {} edges, {:?}", graph.edges().len(), begun.elapsed());
        let there = |number: usize| number < service.operations.len();
        for edge in graph.edges() {
            assert!(there(edge.from) && there(edge.to) && edge.belief <= 1.0, "{name} {edge:?}");
        }
        edges += graph.edges().len();
        problems.extend(service.problems.into_iter().map(|problem| (name.clone(), problem)));
    }
    for (name, problem) in &problems {
        println!("{name} {} {}", problem.place.pointer, problem.message);
    }
    println!("{} bundles, {} refused\n{}", bundles.len(), refused.len(), refused.join("\n"));
    assert_eq!(operations, 2602);
    assert!((5_000..20_000).contains(&edges), "{edges}");
    assert!(refused.is_empty());
    assert!(problems.iter().all(|(_, problem)| !problem.lost));
}
