//! For people: findings as they are made, then what to do about them.

use std::io::{self, Write};

use super::style::{FAINT, of_verdict, styled};
use super::words::{shortened, shown};
use super::{Report, Ways, finding, summary};
use crate::campaign::{Event, Replay, Verdict};
use crate::check::Severity;

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Findings and the verdict.
    Quiet,
    /// And what a person can act on.
    #[default]
    Normal,
    /// And everything that went well.
    Verbose,
}

/// Plain lines, coloured where the stream lets colours through.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    verbosity: Verbosity,
    fail_on: Option<Severity>,
    /// The service's base address, once it is known.
    url: String,
    /// How the tool is called again.
    ways: Ways,
    /// Whether replays that went well are told, too.
    every_replay: bool,
    /// Whether anything stands above what comes next.
    begun: bool,
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`; `fail_on` is the severity from which a finding counts.
    pub fn new(out: W, verbosity: Verbosity, fail_on: Option<Severity>) -> Self {
        Self {
            out,
            verbosity,
            fail_on,
            url: String::new(),
            ways: Ways::default(),
            every_replay: verbosity == Verbosity::Verbose,
            begun: false,
        }
    }

    /// Names these commands.
    #[must_use]
    pub fn with_ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }

    /// Tells replays that went well, too.
    #[must_use]
    pub fn telling_every_replay(self) -> Self {
        Self { every_replay: self.verbosity > Verbosity::Quiet, ..self }
    }

    /// A block of lines, with an empty one between it and what stands above.
    fn block(&mut self, lines: &[String]) -> io::Result<()> {
        if self.begun {
            writeln!(self.out)?;
        }
        self.begun = true;
        lines.iter().try_for_each(|line| writeln!(self.out, "{line}"))?;
        self.out.flush()
    }

    fn replayed(&mut self, replay: &Replay) -> io::Result<()> {
        let good = matches!(replay.verdict, Verdict::Ok | Verdict::Known);
        if good && !self.every_replay {
            return Ok(());
        }
        let (failed, of) = replay.counts;
        self.begun = true;
        writeln!(
            self.out,
            "{} {}  {}  {failed}/{of}  {}",
            styled(of_verdict(replay.verdict), replay.verdict.word()),
            replay.path.display(),
            replay.check,
            shortened(&shown(&replay.why), 300),
        )?;
        self.out.flush()
    }
}

impl<W: Write + Send> Report for Terminal<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Began(bill) => {
                self.url.clone_from(&bill.url);
                Ok(())
            }
            Event::Replayed(replay) => self.replayed(replay),
            Event::Found(found) => self.block(&finding(found, &self.url, &self.ways)),
            Event::Withdrawn { id, why } => self.block(&[format!(
                "{} {}: {}",
                styled(FAINT, "withdrawn"),
                shown(id),
                shown(why)
            )]),
            Event::Ended(ended) => self.block(&summary(ended, self.fail_on, self.verbosity)),
            Event::Notice(_)
            | Event::Spread { .. }
            | Event::PhaseBegan { .. }
            | Event::PhaseEnded(_)
            | Event::Progress(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    fn text(verbosity: Verbosity) -> String {
        let mut terminal = Terminal::new(Vec::new(), verbosity, Some(Severity::Error));
        for event in fixture::events() {
            terminal.event(&event).unwrap();
        }
        terminal.finish().unwrap();
        fixture::plain(&String::from_utf8(terminal.out).unwrap())
    }

    #[test]
    fn a_run_reads_from_its_findings_to_its_verdict() {
        assert_snapshot!(text(Verbosity::Normal));
    }

    #[test]
    fn a_quiet_run_tells_findings_and_the_verdict() {
        let text = text(Verbosity::Quiet);
        assert!(text.starts_with("FAILED corpus/regressions/shop/post-orders/hang-0a0b0c0d.json"));
        assert!(!text.contains("untested"), "{text}");
        assert!(
            text.ends_with("\nbroken: 1 new, 1 regressed, 1 known · 2 of 5 reached · seed 7\n")
        );
    }

    #[test]
    fn colours_are_there_for_a_stream_that_wants_them() {
        let mut terminal = Terminal::new(Vec::new(), Verbosity::Quiet, None);
        terminal.event(&Event::Ended(std::sync::Arc::new(fixture::whole()))).unwrap();
        let text = String::from_utf8(terminal.out).unwrap();
        assert!(text.starts_with("\x1b[1m\x1b[32mwhole\x1b[0m: "), "{text:?}");
    }
}
