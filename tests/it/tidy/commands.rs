//! The commands that people are told to type exist.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The lines of the code blocks of a page that call a program.
fn commands(page: &str, program: &str) -> Vec<String> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            let line = line.trim_start_matches("$ ");
            let line = line.split(" #").next().unwrap_or(line).trim();
            if line.split(' ').next() == Some(program) {
                commands.push(line.to_owned());
            }
        }
    }
    commands
}

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_known(subcommand: &str) -> bool {
    let help = Command::new(env!("CARGO_BIN_EXE_phi-fuzz")).args([subcommand, "--help"]).output();
    help.unwrap().status.success()
}

#[test]
fn the_commands_of_the_readme_exist() {
    let readme = page("README.md");
    let mut subcommands = commands(&readme, "phi-fuzz");
    let run = "cargo run --release -- ";
    let cargo = commands(&readme, "cargo");
    subcommands.extend(
        cargo
            .iter()
            .filter_map(|line| line.strip_prefix(run))
            .map(|rest| format!("phi-fuzz {rest}")),
    );
    assert!(!subcommands.is_empty(), "README.md shows no command");
    for line in subcommands {
        let subcommand = line.split(' ').nth(1).unwrap_or("--help");
        assert!(is_known(subcommand), "`{line}`: there is no `{subcommand}`");
    }
    let manifest = page("Cargo.toml");
    for line in cargo {
        if let Some(bench) = line.split("--bench ").nth(1) {
            let bench = bench.split(' ').next().unwrap();
            assert!(manifest.contains(&format!("name = \"{bench}\"")), "`{line}`");
        }
    }
}

#[test]
fn what_the_readme_says_of_testing_is_what_is_run() {
    let run = page(".ci/run");
    let readme = page("README.md");
    let test = commands(&readme, "cargo").into_iter().find(|line| line.starts_with("cargo test"));
    let test = test.expect("README.md says how to test");
    assert!(run.lines().any(|line| line.trim() == test), ".ci/run does not run `{test}`");
}
