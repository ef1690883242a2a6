//! What `phi-fuzz.toml` says in the place of flags.

use std::path::PathBuf;
use std::time::Duration;

use super::Filter;
use super::quantity::Rate;

/// The keys at the top of `phi-fuzz.toml`: each has the name and meaning of its flag. What is absent
/// is for others to decide. Relative paths are resolved against the folder of the file.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// Every random decision comes from it.
    pub seed: Option<u64>,
    /// How long a run may take.
    pub max_time: Option<Duration>,
    /// How many cases are judged.
    pub max_cases: Option<u64>,
    /// End after so many findings.
    pub max_findings: Option<usize>,
    /// End after the first finding.
    pub fail_fast: Option<bool>,
    /// The folder for what is found.
    pub out: Option<PathBuf>,
    /// The folder of committed cases.
    pub corpus: Option<PathBuf>,
    /// Recorded traffic to start from, HAR files.
    pub seed_from: Vec<PathBuf>,
    /// Folders that imports of `.proto` files are looked for in.
    pub proto_path: Vec<PathBuf>,
    /// Replay no committed cases.
    pub no_corpus: Option<bool>,
    /// Header fields, each `Name: value`.
    pub header: Vec<String>,
    /// The identities to use, as `--auth` takes them.
    pub auth: Vec<String>,
    /// The phases that run, by name.
    pub phase: Vec<String>,
    /// Leave what the run makes.
    pub no_cleanup: Option<bool>,
    /// The checks that judge, by name.
    pub check: Vec<String>,
    /// The checks that do not judge, by name.
    pub exclude_check: Vec<String>,
    /// Only these operations.
    pub include: Vec<Filter>,
    /// Not these operations.
    pub exclude: Vec<Filter>,
    /// Cases executed at once.
    pub workers: Option<usize>,
    /// Requests per second.
    pub rate: Option<Rate>,
    /// How long an exchange may take.
    pub timeout: Option<Duration>,
    /// How long to wait for the service.
    pub wait_for_service: Option<Duration>,
    /// Authorities to trust, a PEM file.
    pub cacert: Option<PathBuf>,
    /// A client certificate, a PEM file.
    pub cert: Option<PathBuf>,
    /// Its key, a PEM file.
    pub key: Option<PathBuf>,
    /// Trust anyone.
    pub insecure: Option<bool>,
    /// The proxy for everything.
    pub proxy: Option<String>,
    /// Give each request a `traceparent`.
    pub traceparent: Option<bool>,
    /// The HTTP version, 1 or 2.
    pub http: Option<u8>,
    /// Reports, each `FORMAT` or `FORMAT=PATH`.
    pub report: Vec<String>,
    /// `error`, `warning` or `never`.
    pub fail_on: Option<String>,
    /// The share of operations that must answer 2xx, 0 to 1.
    pub require_reached: Option<f64>,
    /// Write to what the run did not create.
    pub allow_foreign_writes: Option<bool>,
    /// Send what may disturb others.
    pub allow_disruptive: Option<bool>,
    /// `auto`, `always` or `never`.
    pub color: Option<String>,
}
