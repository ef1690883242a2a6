//! What was typed, and nothing more: every field is optional, nothing is looked up. Variables of the
//! environment count as typed where a flag is not there.

mod flags;

pub(in crate::cli) use flags::header;
pub use flags::{Budget, Connect, Fetch, Flags, Folders, Judge, NamedUrl, Outcome, Safety, Select};

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::case::Label;

const EXIT_CODES: &str = "\
Exit codes:
  0    whole: ran as planned, nothing new at or above --fail-on
  1    broken: a new finding, a regression, an expired known fault
  2    usage, configuration or document in error; nothing was sent
  3    untested: unreachable, no operation reached, below --require-reached, no case executed, or a
       committed case that could not be judged
  101  a fault of phi-fuzz itself
  130  interrupted (143: terminated); findings and reports so far are written

Settings come from flags, then PHI_FUZZ_* variables, then phi-fuzz.toml, then defaults.";

/// Fires edge cases at a live service and shrinks what breaks to the smallest case that still breaks
/// it.
#[derive(Debug, Parser)]
#[command(name = "phi-fuzz", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    /// For every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// The configuration; by default the nearest phi-fuzz.toml up to the repository's root
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PHI_FUZZ_CONFIG",
        help_heading = "Output"
    )]
    pub config: Option<PathBuf>,
    /// When to colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        env = "PHI_FUZZ_COLOR",
        help_heading = "Output"
    )]
    pub color: Option<Color>,
    /// Tell findings and the verdict only
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Tell what went well, too
    #[arg(long, short, global = true, help_heading = "Output")]
    pub verbose: bool,
}

/// When to colour the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Fuzz a service; committed cases are replayed first
    Run(Box<Run>),
    /// Replay case files; by default those in corpus/regressions
    Replay(Box<Replay>),
    /// Make cases smaller, also those written by hand
    Shrink(Box<Shrink>),
    /// Move findings into corpus/regressions, where every run replays them
    Accept(Accept),
    /// Say a case in the language of another tool
    Export(Export),
    /// List operations: what will be tried, what cannot be, which calls destroy
    List(List),
    /// Write cases as lines of JSON, with their requests; sends nothing
    Generate(Generate),
    /// Tell what a check means, when it is silent, how to mend the service
    Explain(Explain),
    /// Run the embedded service, and a campaign against it
    Demo(Box<Demo>),
}

/// `phi-fuzz run`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Run {
    /// Documents of the service: files, URLs, `-`, the URL of a bare service, or the name of a
    /// service in phi-fuzz.toml
    #[arg(value_name = "SPEC")]
    pub specs: Vec<String>,
    /// The flags.
    #[command(flatten)]
    pub flags: Flags,
    /// Print the requests that would be sent, and send none
    #[arg(long)]
    pub dry_run: bool,
}

/// `phi-fuzz replay`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Replay {
    /// Case files, folders of them, or ids of findings such as 1f3a9c20
    #[arg(value_name = "PATH|ID")]
    pub cases: Vec<String>,
    /// Replay the last findings in the place of committed cases
    #[arg(long, conflicts_with = "cases")]
    pub new: bool,
    /// Fail where a known fault is fixed, so that its file is brought up to date
    #[arg(long, env = "PHI_FUZZ_STRICT")]
    pub strict: bool,
    /// The service's documents; by default as configured, or as in the last run
    #[arg(long = "spec", value_name = "SPEC")]
    pub specs: Vec<String>,
    /// How documents are fetched.
    #[command(flatten)]
    pub fetch: Fetch,
    /// How the service is reached.
    #[command(flatten)]
    pub connect: Connect,
    /// Where files are.
    #[command(flatten)]
    pub folders: Folders,
    /// What may be done.
    #[command(flatten)]
    pub safety: Safety,
    /// A report, to standard output or a file: text, ndjson, junit (repeatable)
    #[arg(long, value_name = "FORMAT[=PATH]", env = "PHI_FUZZ_REPORT", value_delimiter = ',')]
    pub report: Vec<crate::report::Wanted>,
}

impl Replay {
    /// Its flags among all.
    pub fn flags(&self) -> Flags {
        Flags {
            fetch: self.fetch.clone(),
            connect: self.connect.clone(),
            folders: self.folders.clone(),
            safety: self.safety.clone(),
            outcome: Outcome { report: self.report.clone(), ..Outcome::default() },
            ..Flags::default()
        }
    }
}

/// `phi-fuzz shrink`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Shrink {
    /// Case files, or ids of findings such as 1f3a9c20
    #[arg(value_name = "CASE", required = true)]
    pub cases: Vec<String>,
    /// How long it may take [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = crate::value::duration::parse)]
    pub max_time: Option<std::time::Duration>,
    /// The service's documents; by default as configured, or as in the last run
    #[arg(long = "spec", value_name = "SPEC")]
    pub specs: Vec<String>,
    /// How documents are fetched.
    #[command(flatten)]
    pub fetch: Fetch,
    /// How the service is reached.
    #[command(flatten)]
    pub connect: Connect,
    /// Where files are.
    #[command(flatten)]
    pub folders: Folders,
    /// What may be done.
    #[command(flatten)]
    pub safety: Safety,
}

impl Shrink {
    /// Its flags among all.
    pub fn flags(&self) -> Flags {
        Flags {
            fetch: self.fetch.clone(),
            connect: self.connect.clone(),
            folders: self.folders.clone(),
            safety: self.safety.clone(),
            budget: Budget { max_time: self.max_time, ..Budget::default() },
            ..Flags::default()
        }
    }
}

/// `phi-fuzz accept`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Accept {
    /// Findings: ids such as 1f3a9c20, or files
    #[arg(value_name = "FINDING", required = true)]
    pub findings: Vec<String>,
    /// The fault is known under this name: it may fail until the date of --until
    #[arg(long, value_name = "ISSUE", requires = "until")]
    pub known: Option<String>,
    /// The last day it may fail, as 2027-01-31
    #[arg(long, value_name = "DATE", requires = "known", value_parser = super::date::parse)]
    pub until: Option<String>,
    /// Where files are.
    #[command(flatten)]
    pub folders: Folders,
}

/// `phi-fuzz export`
#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    /// A case file, or the id of a finding such as 1f3a9c20
    #[arg(value_name = "CASE")]
    pub case: String,
    /// The language
    #[arg(long, value_name = "FORMAT")]
    pub to: Language,
    /// The address to send to; by default as configured, or as in the last run
    #[arg(long, value_name = "URL", env = "PHI_FUZZ_URL")]
    pub url: Option<String>,
    /// Where files are.
    #[command(flatten)]
    pub folders: Folders,
}

/// A language of another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Lines for a shell
    Curl,
    /// A file for Hurl, with what it must answer
    Hurl,
    /// A file for HTTP clients of editors
    Http,
    /// Text for an issue
    Markdown,
    /// Lines for a shell, gRPC only
    Grpcurl,
}

/// `phi-fuzz list`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct List {
    /// Documents of the service: files, URLs, `-`, or the name of a service in phi-fuzz.toml
    #[arg(value_name = "SPEC")]
    pub specs: Vec<String>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Show what operations take from each other, and why that is believed
    #[arg(long, conflicts_with = "json")]
    pub graph: bool,
    /// Which operations.
    #[command(flatten)]
    pub select: Select,
    /// How documents are fetched.
    #[command(flatten)]
    pub fetch: Fetch,
}

/// `phi-fuzz generate`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Generate {
    /// Documents of the service: files, URLs, `-`, or the name of a service in phi-fuzz.toml
    #[arg(value_name = "SPEC")]
    pub specs: Vec<String>,
    /// At most so many cases, the operations in turn [default: 100]
    #[arg(short = 'n', value_name = "N")]
    pub count: Option<usize>,
    /// Only cases of this label
    #[arg(long, value_name = "LABEL", value_parser = label())]
    pub label: Option<Label>,
    /// Every random decision comes from it [default: 0]
    #[arg(long, value_name = "N", env = "PHI_FUZZ_SEED")]
    pub seed: Option<u64>,
    /// Which operations.
    #[command(flatten)]
    pub select: Select,
    /// How documents are fetched.
    #[command(flatten)]
    pub fetch: Fetch,
}

/// Reads the name of a label.
fn label() -> impl clap::builder::TypedValueParser<Value = Label> {
    use clap::builder::TypedValueParser as _;
    clap::builder::PossibleValuesParser::new(Label::ALL.map(Label::name))
        .map(|name| Label::ALL.into_iter().find(|label| label.name() == name).unwrap_or_default())
}

/// `phi-fuzz explain`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Explain {
    /// The check; all of them in a line each where there is none
    #[arg(value_name = "CHECK")]
    pub check: Option<String>,
}

/// `phi-fuzz demo`
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Demo {
    /// Only serve it, until interrupted
    #[arg(long)]
    pub serve: bool,
    /// Replay these findings against it instead: ids such as 1f3a9c20, or case files (repeatable)
    #[arg(long, value_name = "CASE", conflicts_with = "serve")]
    pub replay: Vec<String>,
    /// The healthy one, where every fault is mended
    #[arg(long)]
    pub healthy: bool,
    /// The port to serve at; any free one by default
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// What the faults hang on comes from it [default: 0]
    #[arg(long, value_name = "N")]
    pub shop_seed: Option<u64>,
    /// The flags of the campaign.
    #[command(flatten)]
    pub flags: Flags,
}

#[cfg(test)]
mod tests;
