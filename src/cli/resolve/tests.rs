use super::*;
use crate::cli::args::NamedUrl;
use crate::cli::console::Console;
use crate::cli::memory::Remembered;
use crate::config::{Config, ServiceConfig};
use crate::report::Verbosity;

fn session(config: Config) -> Session {
    Session { config, console: Console::new(None), verbosity: Verbosity::Quiet }
}

fn service(name: &str) -> ServiceConfig {
    ServiceConfig {
        name: Some(name.to_owned()),
        specs: vec![format!("{name}.yaml")],
        url: Some("http://127.0.0.1:1".to_owned()),
        ..ServiceConfig::default()
    }
}

fn url(name: Option<&str>, url: &str) -> NamedUrl {
    NamedUrl { name: name.map(str::to_owned), url: url.to_owned() }
}

#[test]
fn a_flag_comes_before_the_file_and_the_file_before_the_default() {
    let mut config = Config::default();
    let bare = session(config.clone());
    let settings = |session: &Session, flags: Flags| {
        Resolved::new(session, flags).unwrap().settings(true, &ServiceConfig::default()).unwrap()
    };
    assert_eq!(settings(&bare, Flags::default()).max_time, Duration::from_secs(60));

    config.defaults.max_time = Some(Duration::from_secs(5));
    config.defaults.seed = Some(1);
    config.defaults.phase = vec!["random".to_owned()];
    config.defaults.fail_fast = Some(true);
    let configured = session(config);
    let set = settings(&configured, Flags::default());
    assert_eq!((set.max_time, set.seed), (Duration::from_secs(5), 1));
    assert_eq!((set.phases, set.max_findings), (vec![Phase::Random], Some(1)));

    let mut flags = Flags::default();
    flags.budget.seed = Some(2);
    flags.budget.phase = vec!["malformed".to_owned(), "boundary".to_owned()];
    flags.budget.fail_fast = Some(false);
    let set = settings(&configured, flags);
    assert_eq!((set.seed, set.max_findings), (2, None));
    assert_eq!(set.phases, [Phase::Boundary, Phase::Malformed], "in the order they run");
}

/// What a run would be told, in a form that can be compared: one line for each flag.
fn told(session: &Session, flags: &Flags) -> Vec<String> {
    let resolved = Resolved::new(session, flags.clone()).unwrap();
    let set = resolved.settings(true, &ServiceConfig::default()).unwrap();
    let transport = resolved.transport(true).unwrap();
    let checks: Vec<_> = set.checks.iter().map(|check| check.name()).collect();
    let fetch = resolved.load_options("http://h/x", None).unwrap();
    let permissions = resolved.permissions(None).unwrap();
    vec![
        format!("seed {}", set.seed),
        format!("max-time {:?}", set.max_time),
        format!("max-cases {:?}", set.max_cases),
        format!("max-findings {:?}", set.max_findings),
        format!("out {:?}", resolved.out()),
        format!("corpus {:?}", resolved.corpus()),
        format!("no-corpus {:?}", resolved.regressions().is_none()),
        format!("header {:?}", fetch.headers),
        format!("auth {:?}", resolved.identities.first().map(|one| one.name.clone())),
        format!("phase {:?}", set.phases),
        format!("check {checks:?}"),
        format!("include {:?} exclude {:?}", set.include, set.exclude),
        format!("workers {}", set.workers),
        format!("rate {:?}", transport.rate),
        format!("timeout {:?}", transport.timeout),
        format!("wait-for-service {:?}", set.wait_for_service),
        format!("insecure {:?}", transport.tls.insecure),
        format!("proxy {:?}", transport.proxies.explicit),
        format!("traceparent {}", resolved.traces()),
        format!("http {:?}", transport.http),
        format!("report {:?}", resolved.reports().unwrap()),
        format!("fail-on {:?}", set.fail_on),
        format!("require-reached {}", set.require_reached),
        format!("writes {} disruptive {}", permissions.foreign_writes, permissions.disruptive),
    ]
}

/// A configuration that sets every key to one of two values.
fn every_key(first: bool) -> String {
    let pick = |one: &'static str, other: &'static str| if first { one } else { other };
    [
        ("seed", pick("1", "2")),
        ("max-time", pick("'11s'", "'12s'")),
        ("max-cases", pick("11", "12")),
        ("max-findings", pick("3", "4")),
        ("out", pick("'o1'", "'o2'")),
        ("corpus", pick("'c1'", "'c2'")),
        ("no-corpus", pick("true", "false")),
        ("header", pick("'X-A: 1'", "'X-A: 2'")),
        ("auth", pick("'a=bearer:1'", "'b=bearer:1'")),
        ("phase", pick("'random'", "'boundary'")),
        ("check", pick("'hang'", "'ignored_auth'")),
        ("include", pick("'POST'", "'GET'")),
        ("exclude", pick("'PUT'", "'DELETE'")),
        ("workers", pick("5", "6")),
        ("rate", pick("'7/s'", "'8/s'")),
        ("timeout", pick("'3s'", "'4s'")),
        ("wait-for-service", pick("'1s'", "'2s'")),
        ("insecure", pick("true", "false")),
        ("proxy", pick("'http://p1:1'", "'http://p2:1'")),
        ("traceparent", pick("true", "false")),
        ("http", pick("1", "2")),
        ("report", pick("'junit'", "'ndjson'")),
        ("fail-on", pick("'warning'", "'never'")),
        ("require-reached", pick("'50%'", "'60%'")),
        ("allow-foreign-writes", pick("true", "false")),
        ("allow-disruptive", pick("true", "false")),
    ]
    .map(|(key, value)| format!("{key} = {value}\n"))
    .concat()
}

/// The same as flags.
fn typed(text: &str) -> Flags {
    use clap::Parser as _;
    let flags = text.lines().filter_map(|line| line.split_once(" = "));
    let flags = flags.map(|(key, value)| format!("--{key}={}", value.trim_matches('\'')));
    let line = ["phi-fuzz", "run"].into_iter().map(str::to_owned).chain(flags);
    let args = crate::cli::args::Args::try_parse_from(line).unwrap();
    let crate::cli::args::Command::Run(run) = args.command else { panic!("run") };
    run.flags
}

#[test]
fn every_flag_comes_before_its_key_in_the_file_and_that_before_the_default() {
    let checks: Vec<_> = check::all().iter().map(|check| check.name()).collect();
    let phases = Phase::ALL.map(Phase::name);
    let names = crate::config::file::Names {
        checks: &checks,
        phases: &phases,
        reports: &["text", "junit", "ndjson"],
    };
    let path = std::path::Path::new("phi-fuzz.toml");
    let file = crate::config::file::read(&every_key(true), path, names, &|_| None).unwrap();
    let (bare, configured) = (session(Config::default()), session(file));
    let (one, other) = (typed(&every_key(true)), typed(&every_key(false)));
    let defaults = told(&bare, &Flags::default());
    let by_file = told(&configured, &Flags::default());
    for (line, default) in by_file.iter().zip(&defaults) {
        assert_ne!(line, default, "the file comes before the default");
    }
    assert_eq!(by_file, told(&bare, &one), "a key means what its flag means");
    assert_eq!(told(&configured, &other), told(&bare, &other), "a flag comes before the file");
}

#[test]
fn off_this_machine_a_run_is_gentle_unless_told_otherwise() {
    let session = session(Config::default());
    let resolved = Resolved::new(&session, Flags::default()).unwrap();
    let (here, there) = (resolved.transport(true).unwrap(), resolved.transport(false).unwrap());
    assert_eq!((here.rate, here.breaker), (None, None));
    assert_eq!((there.rate, there.max_connections), (Some(20.0), 4));
    assert!(there.breaker.is_some());
    assert_eq!(resolved.settings(true, &ServiceConfig::default()).unwrap().workers, 16);
    assert_eq!(resolved.settings(false, &ServiceConfig::default()).unwrap().workers, 4);

    let mut flags = Flags::default();
    flags.connect.rate = Some(crate::config::quantity::Rate(None));
    flags.connect.workers = Some(9);
    let resolved = Resolved::new(&session, flags).unwrap();
    let there = resolved.transport(false).unwrap();
    assert_eq!((there.rate, there.max_connections), (None, 9));
}

#[test]
fn a_host_is_owned_by_its_name() {
    let session = session(Config::default());
    let mut flags = Flags::default();
    flags.safety.allow_dangerous = vec!["ping_flood".to_owned()];
    let dangerous = |flags: &Flags, url: &str| {
        let resolved = Resolved::new(&session, flags.clone()).unwrap();
        let target = crate::transport::Target::parse(url).unwrap();
        let permissions = resolved.permissions(Some(&target)).map_err(|error| error.to_string());
        permissions.map(|permissions| permissions.dangerous.len())
    };
    assert_eq!(dangerous(&flags, "http://127.0.0.1:8080"), Ok(1));
    assert_eq!(dangerous(&flags, "https://shop.test"), Ok(0));
    flags.safety.i_own_this_host = Some("Shop.Test".to_owned());
    assert_eq!(dangerous(&flags, "https://shop.test:8443"), Ok(1));
    let error = dangerous(&flags, "https://zoo.test").unwrap_err();
    assert_eq!(error, "--i-own-this-host names Shop.Test, but the service is at zoo.test");
    // What is treated as elsewhere has to be owned, too.
    flags.safety.treat_loopback_as_remote = true;
    flags.safety.i_own_this_host = None;
    assert_eq!(dangerous(&flags, "http://127.0.0.1:8080"), Ok(0));
    flags.safety.i_own_this_host = Some("127.0.0.1".to_owned());
    assert_eq!(dangerous(&flags, "http://127.0.0.1:8080"), Ok(1));
}

#[test]
fn checks_are_those_asked_for_less_those_excluded() {
    let session = session(Config::default());
    let checks = |check: &[&str], exclude: &[&str]| {
        let owned = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        let mut flags = Flags::default();
        flags.judge.check = owned(check);
        flags.judge.exclude_check = owned(exclude);
        let settings =
            Resolved::new(&session, flags).unwrap().settings(true, &ServiceConfig::default());
        settings.map(|set| set.checks.iter().map(|check| check.name()).collect::<Vec<_>>())
    };
    assert_eq!(checks(&[], &[]).unwrap().len(), check::all().len());
    assert_eq!(checks(&["hang"], &[]).unwrap(), ["hang"]);
    assert!(!checks(&[], &["hang"]).unwrap().contains(&"hang"));
    assert!(checks(&["hang"], &["hang"]).unwrap_err().to_string().contains("no check is left"));
}

#[test]
fn folders_stand_beside_the_configuration() {
    let config = Config { path: Some("up/phi-fuzz.toml".into()), ..Config::default() };
    let session = session(config);
    let resolved = Resolved::new(&session, Flags::default()).unwrap();
    assert_eq!(resolved.out(), PathBuf::from("up/.phi-fuzz"));
    assert_eq!(resolved.corpus(), PathBuf::from("up/corpus/regressions"));
    let mut flags = Flags::default();
    flags.folders.corpus = Some("mine".into());
    flags.folders.no_corpus = Some(true);
    let resolved = Resolved::new(&session, flags).unwrap();
    assert_eq!(resolved.corpus(), PathBuf::from("mine/regressions"));
    assert_eq!(resolved.regressions(), None);
}

#[test]
fn two_reports_cannot_share_a_place() {
    let session = session(Config::default());
    let reports = |list: &[&str]| {
        let mut flags = Flags::default();
        flags.outcome.report = list.iter().map(|text| text.parse().unwrap()).collect();
        Resolved::new(&session, flags).unwrap().reports().map(|reports| reports.len())
    };
    assert_eq!(reports(&["junit=a.xml", "ndjson"]).unwrap(), 2);
    let error = reports(&["junit", "ndjson"]).unwrap_err().to_string();
    assert_eq!(
        error,
        "two reports go to standard output; give one of them a file: --report ndjson=PATH"
    );
}

fn services(
    configured: &[&str],
    specs: &[&str],
    urls: Vec<NamedUrl>,
    remembered: &[Remembered],
) -> Result<Vec<ServiceConfig>, String> {
    let services = configured.iter().map(|name| service(name)).collect();
    let session = session(Config { services, ..Config::default() });
    let mut flags = Flags::default();
    flags.connect.url = urls;
    let specs: Vec<String> = specs.iter().map(|spec| (*spec).to_owned()).collect();
    let resolved = Resolved::new(&session, flags).unwrap();
    let named = resolved.services(&specs, remembered).map_err(|error| error.to_string())?;
    Ok(named.into_iter().map(|named| named.config).collect())
}

#[test]
fn services_are_named_by_document_name_or_configuration() {
    let typed = services(&[], &["a.yaml"], vec![url(None, "http://h")], &[]).unwrap();
    assert_eq!(
        (&typed[0].specs[..], typed[0].url.as_deref()),
        (&["a.yaml".to_owned()][..], Some("http://h"))
    );
    let all = services(&["shop", "zoo"], &[], vec![url(Some("zoo"), "http://z")], &[]).unwrap();
    assert_eq!((all.len(), all[1].url.as_deref()), (2, Some("http://z")));
    let one = services(&["shop", "zoo"], &["zoo"], vec![url(None, "http://z")], &[]).unwrap();
    assert_eq!((one.len(), one[0].url.as_deref()), (1, Some("http://z")));
    let other = services(&["shop"], &["new.yaml"], vec![], &[]).unwrap();
    assert_eq!(other[0].name.as_deref(), Some("shop"), "its settings stand");
    assert_eq!(other[0].specs, ["new.yaml"]);
}

#[test]
fn the_last_run_is_remembered_where_nothing_else_is_said() {
    let last = Remembered {
        name: "shop".to_owned(),
        specs: vec!["/x/a.yaml".to_owned()],
        url: "http://127.0.0.1:9".to_owned(),
        rpc: None,
    };
    let found = services(&[], &[], vec![], std::slice::from_ref(&last)).unwrap();
    assert_eq!(found[0].url.as_deref(), Some("http://127.0.0.1:9"));
    let found = services(&["zoo"], &[], vec![], &[last]).unwrap();
    assert_eq!(found[0].name.as_deref(), Some("zoo"));
}

#[test]
fn addresses_without_a_service_are_told() {
    let error = services(&["shop", "zoo"], &[], vec![url(None, "http://h")], &[]).unwrap_err();
    assert!(error.contains("several services (shop, zoo)"), "{error}");
    let error =
        services(&["shop", "zoo"], &[], vec![url(Some("zo"), "http://h")], &[]).unwrap_err();
    assert!(error.contains("did you mean `zoo`?"), "{error}");
    let error = services(&[], &[], vec![], &[]).unwrap_err();
    assert!(error.starts_with("no document is named; write phi-fuzz run SPEC"), "{error}");
}
