use super::*;
use crate::config::Credential;
use crate::config::quantity::Rate;

const NAMES: Names<'_> = Names {
    checks: &["hang", "not_a_server_error", "positive_data_acceptance"],
    phases: &["boundary", "random"],
    reports: &["text", "junit"],
};

fn config(text: &str) -> Result<Config, String> {
    let env = |name: &str| match name {
        "TOKEN" => Some("hush".to_owned()),
        "TENANT" => Some("t1".to_owned()),
        _ => None,
    };
    read(text, Path::new("etc/phi-fuzz.toml"), NAMES, &env).map_err(|error| error.to_string())
}

fn error(text: &str) -> String {
    config(text).unwrap_err()
}

#[test]
fn everything_that_can_be_said_is_read() {
    let config = config(
        r#"
seed = 7
max-time = "5m"
fail-fast = true
out = "out"
header = "X-Trace: 1"
phase = ["random", "boundary"]
include = "tag:orders"
rate = 50
require-reached = "80%"
http = 2
report = ["text", "junit=r.xml"]
fail-on = "warning"

[services.zoo]
spec = ["specs/zoo.yaml", "https://zoo.test/openapi.json"]
url = "http://127.0.0.1:8080"
health = "GET /health"
setup = "sh -c 'echo $${HOME}'"
settle = "20ms"

[services.ape]

[identities.zoe]
bearer = "${TOKEN}"
isolated = true
[identities.adam]
basic = "adam:a:b"
api-key = { Main = "k1" }
headers = { X-Vault = "${TENANT}" }

[[operation]]
match = "POST /orders*"
timeout = "20s"
exclude-checks = ["hang"]
values = { "json/tenant" = "${TENANT}", "json/n" = 0x10, "query/x" = [1.50, true] }
[[operation]]
match = "DELETE"
skip = true

[[edge]]
from = "POST /users /id"
to = "GET /profiles/{profile_id}"
"#,
    )
    .unwrap();
    let defaults = &config.defaults;
    assert_eq!(defaults.seed, Some(7));
    assert_eq!(defaults.max_time, Some(std::time::Duration::from_secs(300)));
    assert_eq!(defaults.out.as_deref(), Some(Path::new("etc/out")));
    assert_eq!(defaults.header, ["X-Trace: 1"]);
    assert_eq!(defaults.phase, ["random", "boundary"]);
    assert_eq!((defaults.rate, defaults.require_reached), (Some(Rate(Some(50.0))), Some(0.8)));
    assert_eq!(defaults.report, ["text", "junit=etc/r.xml"]);

    let names: Vec<_> = config.services.iter().map(|s| s.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["zoo", "ape"], "in the order of the file");
    let zoo = &config.services[0];
    assert_eq!(zoo.specs, ["etc/specs/zoo.yaml", "https://zoo.test/openapi.json"]);
    assert_eq!(zoo.setup.as_deref(), Some("sh -c 'echo ${HOME}'"));

    let [zoe, adam] = &config.identities[..] else { panic!("two identities, zoe first") };
    assert_eq!(zoe.credentials, [Credential::Bearer("hush".to_owned())]);
    assert!(zoe.isolated && !adam.isolated);
    assert_eq!(
        adam.credentials,
        [
            Credential::Basic("adam".to_owned(), "a:b".to_owned()),
            Credential::ApiKey { scheme: "Main".to_owned(), key: "k1".to_owned() },
            Credential::Header("X-Vault".to_owned(), "t1".to_owned()),
        ]
    );
    assert_eq!(adam.secrets().len(), 3, "all of them");

    let values: Vec<_> =
        config.operations[0].values.iter().map(|(at, v)| format!("{at}={v}")).collect();
    assert_eq!(values, [r#"json/tenant="t1""#, "json/n=16", "query/x=[1.50,true]"]);
    assert!(config.operations[1].skip);
    assert_eq!(config.edges[0].to, "GET /profiles/{profile_id}");
}

#[test]
fn variables_in_what_is_sent_and_in_commands_are_secrets() {
    let text = r#"
header = "X-Tenant: ${TENANT}"
include = "tag:${TENANT}"
[services.shop]
url = "http://${TENANT}.test"
setup = "PASSWORD=${TOKEN} sh seed.sh"
[[operation]]
match = "POST"
values = { "json/key" = ["${TOKEN}"] }
"#;
    let secret = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let secrets = config(text).unwrap().secrets;
    assert_eq!(secrets, [secret("env.TENANT", "t1"), secret("env.TOKEN", "hush")]);
    let open = "include = \"tag:${TENANT}\"\n[services.shop]\nurl = \"http://${TENANT}.test\"";
    assert_eq!(config(open).unwrap().secrets, []);
}

#[test]
fn an_empty_file_says_nothing() {
    let config = config("").unwrap();
    assert!(config.services.is_empty() && config.defaults.seed.is_none());
}

#[test]
fn unknown_keys_are_told_with_line_and_nearest() {
    for (text, expected) in [
        ("\nsede = 1", "etc/phi-fuzz.toml:2: sede: is not known; did you mean `seed`?"),
        (
            "[services.shop]\nspec = \"a\"\nurll = \"b\"",
            "etc/phi-fuzz.toml:3: services.shop.urll: is not known; did you mean `url`?",
        ),
        (
            "[[operation]]\nmatch = \"GET\"\n\n[[operation]]\nmatch = \"GET\"\nskipp = true",
            "etc/phi-fuzz.toml:6: operation.skipp: is not known; did you mean `skip`?",
        ),
        (
            "phase = ['random',\n'boundry']",
            "etc/phi-fuzz.toml:2: phase: `boundry` is not known; did you mean `boundary`?",
        ),
        (
            "[[operation]]\nmatch = 'GET'\nvalues = { jsn = 1 }",
            "etc/phi-fuzz.toml:3: operation.values.jsn: `jsn` is no part of a call; did you mean `json`?",
        ),
        (
            "report = 'juint=x'",
            "etc/phi-fuzz.toml:1: report: `juint` is no format of reports; did you mean `junit`?",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn wrong_types_and_values_name_the_place() {
    for (text, expected) in [
        ("seed = '7'", "etc/phi-fuzz.toml:1: seed: is a text, but should be a whole number"),
        ("seed = -7", "etc/phi-fuzz.toml:1: seed: -7 is negative or too large"),
        ("workers = 0", "etc/phi-fuzz.toml:1: workers: is 0, but should be 1 or more"),
        ("services = 1", "etc/phi-fuzz.toml:1: services: is a number, but should be a table"),
        (
            "max-time = 60",
            "etc/phi-fuzz.toml:1: max-time: `60` is no duration; write a whole number and ns, us, ms, s, m or h: `500ms`",
        ),
        (
            "[services.shop]\nurl = 'shop:80'",
            "etc/phi-fuzz.toml:2: services.shop.url: `shop:80` is no address; write http://HOST:PORT, https://HOST or grpc://HOST:PORT",
        ),
        (
            "[identities.none]\nbearer = 'x'",
            "etc/phi-fuzz.toml:1: identities.none: means something else in a case file; choose another name",
        ),
        (
            "[[operation]]\nskip = true",
            "etc/phi-fuzz.toml:1: operation: has no `match`; say which operations it is about: 'POST /orders*'",
        ),
        (
            "http = 3",
            "etc/phi-fuzz.toml:1: http: 3 is no HTTP version that is spoken here; write 1 or 2",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn an_unset_variable_is_named_with_its_place() {
    assert_eq!(
        error("[identities.alice]\nbearer = \"${STAGING_TOKEN}\""),
        "etc/phi-fuzz.toml:2: identities.alice.bearer: the environment variable STAGING_TOKEN is \
         not set; set it, or take ${STAGING_TOKEN} out"
    );
}

#[test]
fn what_is_no_toml_is_told_with_line_and_column() {
    let error = error("seed = 1\nout = ");
    assert!(error.starts_with("etc/phi-fuzz.toml:2:7: not TOML: "), "{error}");
}
