//! What was typed.

use super::Desk;

#[test]
fn without_a_command_the_help_is_shown_as_an_error() {
    let ran = Desk::new().run(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Usage: phi-fuzz [OPTIONS] <COMMAND>"), "{}", ran.err);
}

#[test]
fn help_and_version_are_results() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]).well();
    for part in ["run", "replay", "explain", "Exit codes:", "101  a fault of phi-fuzz itself"] {
        assert!(help.contains(part), "{part}");
    }
    assert_eq!(
        desk.run(&["--version"]).well(),
        concat!("phi-fuzz ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_the_way_out() {
    let desk = Desk::new();
    for (args, message) in [
        (&["runn"][..], "'run'"),
        (&["run", "--sed", "1"], "'--seed'"),
        (&["run", "--seed", "x"], "--seed"),
        (&["run", "--max-time", "60"], "is no duration; write a whole number and"),
        (&["run", "--phase", "boundery"], "'boundary'"),
        (&["run", "--phase", "clocks"], "timing, races, random]"),
        (&["run"], "no document is named; write phi-fuzz run SPEC --url URL"),
        (&["run", "missing.yaml", "--url", "http://127.0.0.1:1"], "cannot read `missing.yaml`"),
        (
            &["run", "shop.yaml"],
            "where the service is, is not known; the document names https://api.shop.example/v1, \
             which is not contacted unasked: add --url URL",
        ),
        (&["run", "shop.yaml", "--url", "http://me:pw@127.0.0.1:1"], "which belong to --auth"),
        (&["run", "shop.yaml", "--url", "http://127.0.0.1:1", "--auth", "x:y"], "bearer:TOKEN"),
        (
            &["run", "shop.yaml", "--url", "https://127.0.0.1:1", "--cacert", "no.pem"],
            "cannot read no.pem",
        ),
        (
            &["run", "shop.yaml", "--url", "http://127.0.0.1:1", "--report", "junit=shop.yaml/x"],
            "cannot write the report shop.yaml/x",
        ),
        (
            &["run", "shop.yaml", "--report", "junit", "--report", "ndjson"],
            "two reports go to standard output",
        ),
        (&["replay"], "there are no cases in corpus/regressions"),
        (&["replay", "--new"], "there are no findings in .phi-fuzz/findings"),
        (&["replay", "1f3a9c20"], "`1f3a9c20` is neither a file nor the id of a case"),
        (&["replay", "shop.yaml"], "shop.yaml is no case file: not JSON"),
        (&["export", "1f3a9c20", "--to", "wget"], "curl"),
        (&["accept", "1f3a9c20", "--known", "S-1"], "--until"),
        (&["explain", "hangs"], "there is no check `hangs`; did you mean `hang`?"),
    ] {
        desk.run(args).failed(2, message);
        // Reports are only opened by who holds the folder.
        let held = message.starts_with("cannot write the report");
        assert_eq!(desk.path().join(".phi-fuzz").exists(), held, "{args:?}");
        let _ = std::fs::remove_dir_all(desk.path().join(".phi-fuzz"));
    }
}

#[test]
fn every_check_is_listed_and_explained() {
    let desk = Desk::new();
    let list = desk.run(&["explain"]).well();
    let names: Vec<&str> = list
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().next().expect("a name"))
        .collect();
    assert_eq!(names.len(), phi_fuzz::check::all().len());
    let text = desk.run(&["explain", names[0]]).well();
    assert!(text.starts_with(&format!("# {}\n", names[0])), "{text}");
    assert!(text.contains("## When it is silent"), "{text}");
}
