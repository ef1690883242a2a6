//! Flags by what they are about, each group used by the commands it concerns.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::campaign::Phase;
use crate::config::Filter;
use crate::config::quantity::{self, Rate};
use crate::report::Wanted;
use crate::value::duration;
use crate::wire::deviation::{self, Danger};

/// Every flag of a campaign.
#[derive(Clone, Debug, Default, Args)]
pub struct Flags {
    /// How much is done.
    #[command(flatten)]
    pub budget: Budget,
    /// Which operations.
    #[command(flatten)]
    pub select: Select,
    /// Which checks.
    #[command(flatten)]
    pub judge: Judge,
    /// How the service is reached.
    #[command(flatten)]
    pub connect: Connect,
    /// How documents are fetched.
    #[command(flatten)]
    pub fetch: Fetch,
    /// What may be done.
    #[command(flatten)]
    pub safety: Safety,
    /// Where files are.
    #[command(flatten)]
    pub folders: Folders,
    /// What comes of it.
    #[command(flatten)]
    pub outcome: Outcome,
}

/// How much is done.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How much")]
pub struct Budget {
    /// Every random decision comes from it [default: random, and printed]
    #[arg(long, value_name = "N", env = "PHI_FUZZ_SEED")]
    pub seed: Option<u64>,
    /// How long a run may take [default: 60s]
    #[arg(long, value_name = "TIME", env = "PHI_FUZZ_MAX_TIME", value_parser = duration::parse)]
    pub max_time: Option<Duration>,
    /// How many cases are judged; then nothing depends on time
    #[arg(long, value_name = "N", env = "PHI_FUZZ_MAX_CASES", value_parser = positive::<u64>)]
    pub max_cases: Option<u64>,
    /// End after so many findings at or above --fail-on
    #[arg(long, value_name = "N", env = "PHI_FUZZ_MAX_FINDINGS", value_parser = positive::<usize>)]
    pub max_findings: Option<usize>,
    /// End after the first finding at or above --fail-on
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_FAIL_FAST", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub fail_fast: Option<bool>,
    /// Only these phases (repeatable)
    #[arg(long, value_name = "PHASE", env = "PHI_FUZZ_PHASE", value_delimiter = ',', value_parser = PossibleValuesParser::new(Phase::ALL.map(Phase::name)))]
    pub phase: Vec<String>,
    /// Leave what the run makes; without this it is deleted again where that can be done
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_NO_CLEANUP", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub no_cleanup: Option<bool>,
}

/// Which operations.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which operations")]
pub struct Select {
    /// Only these: 'POST /orders*', tag:NAME, id:NAME, package.Service/* (repeatable)
    #[arg(long, value_name = "FILTER", env = "PHI_FUZZ_INCLUDE", value_parser = Filter::parse)]
    pub include: Vec<Filter>,
    /// Not these (repeatable)
    #[arg(long, value_name = "FILTER", env = "PHI_FUZZ_EXCLUDE", value_parser = Filter::parse)]
    pub exclude: Vec<Filter>,
}

/// Which checks.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which checks")]
pub struct Judge {
    /// Only these; `phi-fuzz explain` lists them (repeatable)
    #[arg(long, value_name = "CHECK", env = "PHI_FUZZ_CHECK", value_delimiter = ',', hide_possible_values = true, value_parser = checks())]
    pub check: Vec<String>,
    /// Not these (repeatable)
    #[arg(long, value_name = "CHECK", env = "PHI_FUZZ_EXCLUDE_CHECK", value_delimiter = ',', hide_possible_values = true, value_parser = checks())]
    pub exclude_check: Vec<String>,
}

/// How the service is reached.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How the service is reached")]
pub struct Connect {
    /// Its address; with a name where there are several services (repeatable)
    #[arg(long, value_name = "[NAME=]URL", env = "PHI_FUZZ_URL", value_parser = named_url)]
    pub url: Vec<NamedUrl>,
    /// Credentials: bearer:TOKEN, basic:USER:PASSWORD, key:[SCHEME=]KEY, or the name of an identity
    /// in phi-fuzz.toml; NAME=… adds an identity [repeatable, the first is the default]
    #[arg(long, value_name = "AUTH", env = "PHI_FUZZ_AUTH", hide_env_values = true)]
    pub auth: Vec<String>,
    /// Cases executed at once [default: 16 on this machine, else 4]
    #[arg(long, short, value_name = "N", env = "PHI_FUZZ_WORKERS", value_parser = positive::<usize>)]
    pub workers: Option<usize>,
    /// Requests per second: 50/s, or none [default: none on this machine, else 20/s]
    #[arg(long, value_name = "RATE", env = "PHI_FUZZ_RATE", value_parser = quantity::rate)]
    pub rate: Option<Rate>,
    /// How long an exchange may take [default: 10s]
    #[arg(long, value_name = "TIME", env = "PHI_FUZZ_TIMEOUT", value_parser = duration::parse)]
    pub timeout: Option<Duration>,
    /// How long to wait for a service that is not there [default: 5s]
    #[arg(long, value_name = "TIME", env = "PHI_FUZZ_WAIT_FOR_SERVICE", value_parser = duration::parse)]
    pub wait_for_service: Option<Duration>,
    /// Give each request a traceparent of its own, so that it is found in the service's traces
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_TRACEPARENT", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub traceparent: Option<bool>,
    /// The HTTP version, 1 or 2 [default: what TLS agrees on, else 1]
    #[arg(long, value_name = "VERSION", env = "PHI_FUZZ_HTTP", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub http: Option<u8>,
}

/// How documents are fetched, and the service spoken to.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "How servers are spoken to")]
pub struct Fetch {
    /// A header field for every request: 'Name: value' (repeatable)
    #[arg(long, short = 'H', value_name = "FIELD", env = "PHI_FUZZ_HEADER", hide_env_values = true, value_parser = header)]
    pub header: Vec<(String, String)>,
    /// A folder that imports of .proto files are looked for in (repeatable)
    #[arg(
        long,
        short = 'I',
        value_name = "FOLDER",
        env = "PHI_FUZZ_PROTO_PATH",
        value_delimiter = ','
    )]
    pub proto_path: Vec<PathBuf>,
    /// Authorities to trust in the place of the system's, a PEM file
    #[arg(long, value_name = "FILE", env = "PHI_FUZZ_CACERT")]
    pub cacert: Option<PathBuf>,
    /// A client certificate, a PEM file; with --key
    #[arg(long, value_name = "FILE", env = "PHI_FUZZ_CERT")]
    pub cert: Option<PathBuf>,
    /// The key of --cert, a PEM file
    #[arg(long, value_name = "FILE", env = "PHI_FUZZ_KEY")]
    pub key: Option<PathBuf>,
    /// Trust any certificate
    #[arg(long, short = 'k', value_name = "BOOL", env = "PHI_FUZZ_INSECURE", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub insecure: Option<bool>,
    /// The proxy for everything [default: HTTPS_PROXY, HTTP_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL", env = "PHI_FUZZ_PROXY", hide_env_values = true)]
    pub proxy: Option<String>,
}

/// What may be done to a service that is not on this machine.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What may be done off this machine")]
pub struct Safety {
    /// Write to what the run did not create
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_ALLOW_FOREIGN_WRITES", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub allow_foreign_writes: Option<bool>,
    /// Send what may disturb others: broken framing, stalls; and, on this machine too, bursts and slow crowds
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_ALLOW_DISRUPTIVE", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub allow_disruptive: Option<bool>,
    /// Send what may take the service away from everybody, on this machine too, by its name (repeatable)
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(dangerous()))]
    pub allow_dangerous: Vec<String>,
    /// The service's host, by which you say that it is yours alone; for --allow-dangerous elsewhere
    #[arg(long, value_name = "HOST")]
    pub i_own_this_host: Option<String>,
    /// Treat this machine as any other
    #[arg(long, hide = true)]
    pub treat_loopback_as_remote: bool,
}

/// The names of what may take a service away from everybody.
fn dangerous() -> impl Iterator<Item = &'static str> {
    deviation::all().filter(|rule| rule.danger == Danger::Dangerous).map(|rule| rule.name)
}

/// Where files are.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Where files are")]
pub struct Folders {
    /// The folder for what is found [default: .phi-fuzz]
    #[arg(long, value_name = "FOLDER", env = "PHI_FUZZ_OUT")]
    pub out: Option<PathBuf>,
    /// The folder of committed cases, which stand in its `regressions` [default: corpus]
    #[arg(long, value_name = "FOLDER", env = "PHI_FUZZ_CORPUS")]
    pub corpus: Option<PathBuf>,
    /// Recorded traffic to start from, a HAR file (repeatable)
    #[arg(long, value_name = "FILE", env = "PHI_FUZZ_SEED_FROM", value_delimiter = ',')]
    pub seed_from: Vec<PathBuf>,
    /// Replay no committed cases
    #[arg(long, value_name = "BOOL", env = "PHI_FUZZ_NO_CORPUS", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true)]
    pub no_corpus: Option<bool>,
}

/// What comes of it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What comes of it")]
pub struct Outcome {
    /// A report, to standard output or a file: text, ndjson, junit (repeatable)
    #[arg(long, value_name = "FORMAT[=PATH]", env = "PHI_FUZZ_REPORT", value_delimiter = ',')]
    pub report: Vec<Wanted>,
    /// The least severity that breaks the build [default: error]
    #[arg(long, value_name = "SEVERITY", env = "PHI_FUZZ_FAIL_ON", value_parser = PossibleValuesParser::new(["error", "warning", "never"]))]
    pub fail_on: Option<String>,
    /// The share of operations that must answer 2xx for a verdict [default: 0%]
    #[arg(long, value_name = "SHARE", env = "PHI_FUZZ_REQUIRE_REACHED", value_parser = quantity::share)]
    pub require_reached: Option<f64>,
}

/// The address of a service, and its name where there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedUrl {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub url: String,
}

fn checks() -> PossibleValuesParser {
    PossibleValuesParser::new(crate::check::all().iter().map(|check| check.name()))
}

fn positive<T: std::str::FromStr + PartialEq + Default>(text: &str) -> Result<T, String> {
    let bad = || format!("`{text}` is no number from 1 on");
    text.parse().ok().filter(|number| *number != T::default()).ok_or_else(bad)
}

fn named_url(text: &str) -> Result<NamedUrl, String> {
    let schemes = ["http://", "https://", "grpc://", "grpcs://"];
    let is_url = |text: &str| schemes.iter().any(|scheme| text.starts_with(scheme));
    let bad = || {
        format!(
            "`{text}` is no address; write http://HOST:PORT, https://HOST, grpc://HOST:PORT or NAME=http://HOST"
        )
    };
    if is_url(text) {
        return Ok(NamedUrl { name: None, url: text.to_owned() });
    }
    let (name, url) = text.split_once('=').ok_or_else(bad)?;
    if name.is_empty() || !is_url(url) {
        return Err(bad());
    }
    Ok(NamedUrl { name: Some(name.to_owned()), url: url.to_owned() })
}

/// Reads `Name: value`.
///
/// # Errors
/// It is no header field that can be sent.
pub(in crate::cli) fn header(text: &str) -> Result<(String, String), String> {
    let bad = || format!("`{text}` is no header field; write 'Name: value'");
    let (name, value) = text.split_once(':').ok_or_else(bad)?;
    let token = |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
    if name.is_empty() || !name.bytes().all(token) || value.contains(['\r', '\n', '\0']) {
        return Err(bad());
    }
    Ok((name.to_owned(), value.trim().to_owned()))
}
