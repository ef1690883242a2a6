//! `phi-fuzz explain`

use std::fmt::Write as _;

use super::super::args::Explain;
use super::super::session::Session;
use super::super::{Error, Exit};
use crate::check;
use crate::value::nearest;

pub(in crate::cli) fn run(session: &Session, explain: &Explain) -> Result<Exit, Error> {
    let text = match &explain.check {
        None => all(),
        Some(name) => check::explain(named(name)?),
    };
    session.console.result(&text)?;
    Ok(Exit::WHOLE)
}

fn named(name: &str) -> Result<&'static dyn check::Check, Error> {
    check::named(name).ok_or_else(|| {
        let names: Vec<&str> = check::all().iter().map(|check| check.name()).collect();
        Error::usage(format!("there is no check `{name}`; {}", nearest::advice(name, &names)))
    })
}

/// A line for each check, the strongest first.
fn all() -> String {
    let longest = check::all().iter().map(|check| check.name().len()).max().unwrap_or_default();
    let mut text = String::new();
    for check in check::all() {
        let labels: Vec<_> = check.labels().iter().map(|label| label.name()).collect();
        let _ = writeln!(
            text,
            "{:<longest$}  {:<7}  judges {}",
            check.name(),
            check.severity().name(),
            labels.join(", ")
        );
    }
    text + "\nphi-fuzz explain CHECK tells what it means, when it is silent, how to mend the service\n"
}
