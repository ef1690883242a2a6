//! The documents of many real services, where the folder that holds them is at hand.

use std::path::PathBuf;
use std::sync::Arc;

use crate::schema::{Documents, Lines, Schema};
use crate::spec::Service;
use crate::value::read;

/// `specs/openapi` of the shared folder; `None`, and a word about it, where there is none.
fn documents() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("PHI_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")),
        Into::into,
    );
    let Ok(folder) = std::fs::read_dir(shared.join("specs/openapi")) else {
        println!("skipped: no {}", shared.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    Some(paths)
}

fn service(path: &PathBuf) -> (Service, Arc<Documents>) {
    let text = std::fs::read(path).unwrap();
    let mut documents = Documents::new();
    let value = read::json(&text).unwrap();

    let root = documents.add(&path.display().to_string(), value, Some(Lines::of_json(&text)));
    let documents = Arc::new(documents);
    (super::read(&documents, &root).unwrap(), documents)
}

fn schemas(service: &Service) -> Vec<&Schema> {
    let mut all = Vec::new();
    for operation in &service.operations {
        all.extend(operation.parameters.iter().map(|parameter| &parameter.schema));
        let answers = operation.responses.by_status.iter().map(|(_, response)| response);
        let bodies = operation.body.iter().flat_map(|body| &body.contents);
        for response in answers.clone() {
            all.extend(response.headers.iter().map(|header| &header.schema));
        }
        let contents = bodies.chain(answers.flat_map(|response| &response.contents));
        all.extend(contents.filter_map(|content| content.schema.as_ref()));
    }
    all
}

#[test]
fn every_operation_of_every_shared_document_is_read_and_its_schemas_bundle() {
    let Some(paths) = documents() else { return };
    assert_eq!(paths.len(), 52);
    let (mut operations, mut bundled, mut problems) = (0, 0, Vec::new());
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let start = std::time::Instant::now();
        let (service, _) = service(path);
        let read = start.elapsed();
        operations += service.operations.len();
        for schema in schemas(&service) {
            schema.bundle().unwrap_or_else(|error| panic!("{name}: {error}"));
            bundled += 1;
        }
        println!("{name} {} read {read:?} bundled {:?}", schemas(&service).len(), start.elapsed());
        problems.extend(service.problems.iter().map(|problem| {
            let lost = problem.operation.as_deref().unwrap_or("-");
            format!("{name} {} {lost} {}", problem.place.pointer, problem.message)
        }));
    }
    println!("{}", problems.join("\n"));
    println!("{bundled} schemas, {} problems", problems.len());
    assert_eq!(operations, 2602);
}
