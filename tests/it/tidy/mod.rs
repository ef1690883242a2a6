//! The house is built as it is drawn: what `ARCHITECTURE.md` says of floors and absences holds.

mod commands;
mod source;

use std::fs;
use std::path::Path;

use source::{File, below, files};

/// Every folder and file right below `src/` with its floor; those of one floor never use each other,
/// but for [`BESIDE`].
const FLOORS: [(&str, u8); 20] = [
    ("value", 0),
    ("schema", 1),
    ("spec", 2),
    ("config", 2),
    ("choice", 3),
    ("case", 4),
    ("wire", 5),
    ("generate", 6),
    ("transport", 6),
    ("check", 6),
    ("execute", 7),
    ("shrink", 8),
    ("corpus", 8),
    ("campaign", 9),
    ("report", 10),
    ("export", 10),
    ("strategy", 10),
    ("regressions", 10),
    ("cli", 11),
    ("main", 12),
];

/// Where a folder uses one of its own floor.
const BESIDE: [(&str, &str); 2] = [
    // Filters pick operations.
    ("config", "spec"),
    // A finding shows the line that sends it again.
    ("report", "export"),
];

/// Lower floors that a folder must not know all the same.
const UNKNOWN: [(&str, &[&str]); 6] = [
    ("shrink", &["wire", "transport", "check", "execute"]),
    ("corpus", &["transport", "check", "execute"]),
    ("report", &["transport", "execute"]),
    ("export", &["transport", "execute"]),
    ("choice", &["schema", "spec", "config"]),
    ("wire", &["config"]),
];

/// Folders that touch nothing outside the process.
const PURE: [&str; 9] =
    ["value", "schema", "choice", "case", "wire", "generate", "check", "shrink", "export"];

/// How the outside is touched.
const OUTSIDE: [&str; 6] =
    ["tokio::", "std::fs", "std::net::Tcp", "std::process", "std::env", "std::thread"];

/// Folders whose results depend on nothing but their arguments.
const WITHOUT_CLOCK: [&str; 8] =
    ["value", "schema", "spec", "choice", "case", "wire", "generate", "shrink"];

/// More lines no file has.
const LONGEST: usize = 400;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 10] = [
    "util", "utils", "helper", "helpers", "types", "manager", "managers", "common", "misc", "stuff",
];

/// What prints, or takes hold of what prints.
const PRINTS: [&str; 7] =
    ["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!(", "io::stdout", "io::stderr"];

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(folder, _)| *folder == name).map(|(_, floor)| *floor)
}

/// Files of the house that are compiled into it.
fn house() -> Vec<File> {
    let mut files = files();
    files.retain(|file| !file.is_test && !matches!(file.floor(), "lib" | "demo"));
    files
}

fn none(found: &[String]) {
    assert!(found.is_empty(), "\n  {}\n", found.join("\n  "));
}

#[test]
fn a_folder_uses_lower_floors_alone() {
    let mut found = Vec::new();
    for file in house() {
        let Some(own) = floor(file.floor()) else {
            found.push(format!("src/{}: {} has no floor", file.path, file.floor()));
            continue;
        };
        for used in file.uses() {
            let place = format!("src/{}:{}", file.path, used.line);
            let beside = BESIDE.contains(&(file.floor(), &*used.floor));
            if used.floor == file.floor() || beside {
                continue;
            }
            match floor(&used.floor) {
                Some(other) if other < own => {}
                Some(_) => {
                    found.push(format!("{place}: {} uses {}", file.floor(), used.floor));
                }
                // The embedded service is shown by the command alone.
                None if used.floor == "demo" && own >= 11 => {}
                None => found.push(format!("{place}: {} is no floor", used.floor)),
            }
        }
    }
    none(&found);
}

#[test]
fn what_a_folder_must_not_know_it_does_not_use() {
    let mut found = Vec::new();
    for file in house() {
        let unknown = UNKNOWN.iter().find(|(folder, _)| *folder == file.floor());
        let Some((_, unknown)) = unknown else { continue };
        for used in file.uses().into_iter().filter(|used| unknown.contains(&&*used.floor)) {
            found.push(format!("src/{}:{}: uses {}", file.path, used.line, used.floor));
        }
    }
    none(&found);
}

#[test]
fn the_embedded_service_and_the_house_do_not_know_each_other() {
    let files = files();
    let demo = files.iter().filter(|file| !file.is_test && file.floor() == "demo");
    let found: Vec<String> = demo
        .flat_map(|file| file.uses().into_iter().map(move |used| (file, used)))
        .filter(|(_, used)| used.floor != "demo")
        .map(|(file, used)| format!("src/{}:{}: uses {}", file.path, used.line, used.floor))
        .collect();
    none(&found);
}

fn with_any(files: &[File], folders: &[&str], texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| folders.contains(&file.floor())) {
        for text in texts {
            let lines = file.lines_with(text);
            found.extend(lines.iter().map(|line| format!("src/{}:{line}: {text}", file.path)));
        }
    }
    found
}

#[test]
fn pure_floors_touch_nothing_outside() {
    none(&with_any(&house(), &PURE, &OUTSIDE));
}

#[test]
fn what_decides_reads_no_clock() {
    none(&with_any(&house(), &WITHOUT_CLOCK, &["Instant", "SystemTime"]));
}

#[test]
fn nothing_prints_but_the_command_and_its_reports() {
    let folders: Vec<&str> = FLOORS.iter().map(|(folder, _)| *folder).collect();
    let silent: Vec<&str> = folders
        .into_iter()
        .filter(|folder| !matches!(*folder, "report" | "cli" | "main"))
        .collect();
    none(&with_any(&house(), &silent, &PRINTS));
}

#[test]
fn files_are_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in below(&root.join(folder)) {
            let count = fs::read_to_string(&path).unwrap().lines().count();
            if count > LONGEST {
                let path = path.strip_prefix(root).unwrap().display();
                found.push(format!("{path} has {count} lines: split it by meaning"));
            }
        }
    }
    none(&found);
}

#[test]
fn names_of_modules_say_what_they_are() {
    let found: Vec<String> = files()
        .iter()
        .filter(|file| file.module().iter().any(|name| EMPTY_NAMES.contains(name)))
        .map(|file| format!("src/{}", file.path))
        .collect();
    none(&found);
}

#[test]
fn every_file_belongs_to_the_crate() {
    let files = files();
    let declared = |file: &File| {
        let Some((name, parent)) = file.module().split_last().map(|(n, p)| (*n, p.to_vec())) else {
            return true;
        };
        let parents = files.iter().filter(|other| {
            other.module() == parent && (!parent.is_empty() || other.floor() != file.floor())
        });
        parents.flat_map(File::declared).any(|(declared, _)| declared == name)
    };
    let orphans: Vec<String> = files
        .iter()
        .filter(|file| !declared(file))
        .map(|file| format!("src/{} is declared nowhere", file.path))
        .collect();
    none(&orphans);
}
