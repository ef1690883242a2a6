use clap::CommandFactory as _;

use super::*;

/// The names of every flag of a campaign, without dashes; for tests of what a file can say.
fn names_of_flags() -> Vec<String> {
    use clap::Args as _;
    let command = Flags::augment_args(clap::Command::new("flags"));
    command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
}

#[test]
fn the_command_line_is_well_formed() {
    Args::command().debug_assert();
}

#[test]
fn every_flag_of_a_campaign_can_be_set_in_a_file() {
    // What is about one run only, or has a section of its own.
    let elsewhere = ["url", "allow-dangerous", "i-own-this-host", "treat-loopback-as-remote"];
    for name in names_of_flags() {
        let known = crate::config::file::FLAGS.contains(&&*name);
        assert_eq!(known, !elsewhere.contains(&&*name), "{name}");
    }
}

#[test]
fn every_flag_that_a_file_can_set_is_read_from_the_environment_too() {
    use clap::Args as _;
    let command = Flags::augment_args(clap::Command::new("flags"));
    for key in crate::config::file::FLAGS {
        // `--color` is every command's.
        if key == "color" {
            continue;
        }
        let arg = command.get_arguments().find(|arg| arg.get_long() == Some(key)).unwrap();
        let variable = format!("PHI_FUZZ_{}", key.replace('-', "_").to_uppercase());
        assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(&*variable), "{key}");
    }
}

#[test]
fn flags_are_taken_as_typed() {
    let args = Args::try_parse_from([
        "phi-fuzz",
        "run",
        "a.yaml",
        "b.yaml",
        "--url",
        "shop=http://127.0.0.1:1",
        "--phase",
        "boundary,random",
        "--check",
        "hang",
        "-H",
        "X-A: b",
        "--rate",
        "50/s",
        "-w",
        "3",
        "-k",
        "--fail-fast=false",
        "--report",
        "junit=r.xml",
    ])
    .unwrap();
    let Command::Run(run) = args.command else { panic!("run") };
    assert_eq!(run.specs, ["a.yaml", "b.yaml"]);
    let flags = run.flags;
    assert_eq!(flags.connect.url[0].name.as_deref(), Some("shop"));
    assert_eq!(flags.budget.phase, ["boundary", "random"]);
    assert_eq!(flags.judge.check, ["hang"]);
    assert_eq!(flags.connect.workers, Some(3));
    assert_eq!(flags.fetch.insecure, Some(true));
    assert_eq!(flags.budget.fail_fast, Some(false));
    assert_eq!(flags.budget.seed, None, "nothing is filled in");
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    for (line, expected) in [
        (&["run", "--rate", "fast"][..], "is no rate; write 50/s"),
        (&["run", "--phase", "boundry"], "boundary"),
        (&["run", "--check", "hangs"], "hang"),
        (&["run", "--include", "all of it"], "picks no operations"),
        (&["run", "--url", "shop"], "is no address"),
        (&["run", "-H", "X"], "is no header field"),
        (&["run", "--report", "xml"], "is no format of reports"),
        (&["run", "--http", "3"], "1..=2"),
        (&["run", "--allow-dangerous", "flood"], "held_connections"),
        (&["accept", "1f3a9c20", "--known", "S-1"], "--until"),
        (&["accept", "1f3a9c20", "--known", "S-1", "--until", "tomorrow"], "2027-01-31"),
        (&["replay", "x", "--new"], "cannot be used with"),
    ] {
        let line = ["phi-fuzz"].into_iter().chain(line.iter().copied());
        let error = Args::try_parse_from(line).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
