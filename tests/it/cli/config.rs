//! `phi-fuzz.toml` and the environment.

use super::Desk;

#[test]
fn a_wrong_configuration_is_told_with_its_line() {
    let desk = Desk::new();
    for (text, message) in [
        ("sed = 1", "phi-fuzz.toml:1: sed: is not known; did you mean `seed`?"),
        (
            "[services.shop]\nspec = 'shop.yaml'\n\n[identities.alice]\nbearer = '${NO_SUCH_TOKEN}'",
            "phi-fuzz.toml:5: identities.alice.bearer: the environment variable NO_SUCH_TOKEN is \
             not set",
        ),
        ("[[operation]]\nmatch = 'POST'\nexclude-checks = ['hangs']", "did you mean `hang`?"),
        ("phase = 'boundery'", "phi-fuzz.toml:1: phase: `boundery` is not known"),
        ("seed = ", "phi-fuzz.toml:1:8: not TOML: "),
    ] {
        desk.write("phi-fuzz.toml", text);
        desk.run(&["run"]).failed(2, message);
    }
    let ran = desk.run(&["run", "--config", "none.toml"]);
    ran.failed(2, "cannot read none.toml: ");
}

#[test]
fn the_configuration_is_found_above_and_its_path_is_told() {
    let desk = Desk::new();
    desk.write(".git/HEAD", "");
    desk.write(
        "phi-fuzz.toml",
        "[services.shop]\nspec = 'shop.yaml'\nurl = 'http://127.0.0.1:1'\n",
    );
    desk.write("deep/er/x", "");
    let ran = desk
        .command(&["run", "--dry-run", "--max-cases", "1"])
        .current_dir(desk.path().join("deep/er"))
        .output()
        .expect("the binary runs");
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{err}");
    let path = desk.path().join("phi-fuzz.toml");
    let told = err.lines().any(|line| {
        line.strip_prefix("note: configured by ").is_some_and(|told| {
            std::fs::canonicalize(told).ok() == std::fs::canonicalize(&path).ok()
        })
    });
    assert!(told, "{err}");
}

#[test]
fn a_flag_comes_before_the_environment_and_that_before_the_file() {
    let desk = Desk::new();
    desk.write(
        "phi-fuzz.toml",
        "max-cases = 3\n[services.shop]\nspec = 'shop.yaml'\nurl = 'http://127.0.0.1:1'\n",
    );
    let lines = |args: &[&str], env: Option<&str>| {
        let mut command = desk.command(&[&["run", "--dry-run"], args].concat());
        command.envs(env.map(|cases| ("PHI_FUZZ_MAX_CASES", cases)));
        super::Ran::from(command.output().expect("the binary runs")).well().lines().count()
    };
    assert_eq!(lines(&[], None), 3);
    assert_eq!(lines(&[], Some("2")), 2);
    assert_eq!(lines(&["--max-cases", "1"], Some("2")), 1);
}

#[test]
fn services_of_the_configuration_are_named_by_their_names() {
    let desk = Desk::new();
    desk.write(
        "phi-fuzz.toml",
        "[services.one]\nspec = 'shop.yaml'\n[services.two]\nspec = 'shop.yaml'\n",
    );
    let listed = desk.run(&["list", "two", "--json"]).well();
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed["service"], "two");
    let all = desk.run(&["list", "--json"]).well();
    let all: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    desk.run(&["run", "--url", "http://127.0.0.1:1"]).failed(2, "several services (one, two)");
    desk.run(&["run", "--url", "tow=http://127.0.0.1:1"]).failed(2, "did you mean `two`?");
}
