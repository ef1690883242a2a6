//! The JSON-Schema-Test-Suite, where the folder that holds it is at hand: what a second validator
//! says of an instance under the bundle is what the suite says of it under the schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::schema::{Dialect, Direction, Documents, Schema};
use crate::value::{Value, read};

fn value(path: &Path) -> Value {
    read::json(&std::fs::read(path).unwrap()).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn remotes(folder: &Path, base: &str, documents: &mut Documents) {
    for path in files(folder) {
        let address = format!("{base}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            remotes(&path, &address, documents);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            documents.add(&address, value(&path), None);
        }
    }
}

/// Runs one draft; gives how many instances agreed, and those that did not.
fn run(suite: &Path, draft: &str, dialect: Dialect) -> (usize, Vec<String>) {
    let (mut agreed, mut differ) = (0, Vec::new());
    for path in files(&suite.join("tests").join(draft)) {
        if path.is_dir() {
            continue;
        }
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        for case in value(&path).as_array().unwrap() {
            let name = format!("{file}: {}", case.get("description").unwrap());
            let mut documents = Documents::new();
            let root = documents.add("", case.get("schema").unwrap().clone(), None);
            if name.contains("ref") || name.contains("Ref") || name.contains("anchor") {
                remotes(&suite.join("remotes"), "http://localhost:1234", &mut documents);
            }
            let schema = Schema::new(Arc::new(documents), root, dialect, Direction::Neither);
            let bundle = match schema.bundle() {
                Ok(bundle) => bundle,
                Err(error) => {
                    differ.push(format!("{name}: {error}"));
                    continue;
                }
            };
            let plain: serde_json::Value = serde_json::from_str(&bundle.to_string()).unwrap();
            let mut compiler = boon::Compiler::new();
            compiler.set_default_draft(boon::Draft::V2020_12);
            compiler.add_resource("urn:bundle", plain).unwrap();
            let mut schemas = boon::Schemas::new();
            let compiled = match compiler.compile("urn:bundle", &mut schemas) {
                Ok(compiled) => compiled,
                Err(error) => {
                    differ.push(format!("{name}: {error}"));
                    continue;
                }
            };
            for test in case.get("tests").unwrap().as_array().unwrap() {
                let data = test.get("data").unwrap().to_string();
                let Ok(data) = serde_json::from_str(&data) else { continue };
                let valid = test.get("valid").unwrap().as_bool().unwrap();
                if schemas.validate(&data, compiled).is_ok() == valid {
                    agreed += 1;
                } else {
                    differ.push(format!("{name}: {} is {valid}", test.get("description").unwrap()));
                }
            }
        }
    }
    (agreed, differ)
}

#[test]
fn bundles_mean_what_their_schemas_mean() {
    let shared = std::env::var_os("PHI_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")),
        Into::into,
    );
    let suite = shared.join("specs/json-schema-suite");
    if !suite.is_dir() {
        println!("skipped: no {}", suite.display());
        return;
    }
    for (draft, dialect) in [("draft4", Dialect::Draft4), ("draft2020-12", Dialect::Draft2020)] {
        let (agreed, differ) = run(&suite, draft, dialect);
        println!("{draft}: {agreed} agree, {} differ\n{}", differ.len(), differ.join("\n"));
        // A meta-schema that is not loaded, or that leaves out the validation vocabulary.
        let beyond = ["metaschema", "remote ref, containing refs itself"];
        let beyond = |text: &String| beyond.iter().any(|word| text.contains(word));
        assert!(differ.iter().all(beyond) && agreed > 600, "{draft}");
    }
}
