//! How far a run is: a live line on a terminal, now and then a plain one elsewhere. To standard
//! error, so that results stay alone.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::phase::{judged, missing};
use super::words::{counted, number, shown, time};
use super::{Verbosity, bill};
use crate::campaign::{self, Event};

/// A plain line is written at most this often.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// A display of progress.
pub struct Progress {
    display: Display,
    verbosity: Verbosity,
    /// Time, and requests, when they were last shown.
    last: (Duration, u64),
    planned: Option<u64>,
}

enum Display {
    Live(ProgressBar),
    Plain(Box<dyn Write + Send>),
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress").field("verbosity", &self.verbosity).finish_non_exhaustive()
    }
}

impl Progress {
    /// A line on standard error that is drawn again and again.
    pub fn live(verbosity: Verbosity) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        Self::new(Display::Live(bar), verbosity)
    }

    /// Lines, one after the other.
    pub fn plain(out: Box<dyn Write + Send>, verbosity: Verbosity) -> Self {
        Self::new(Display::Plain(out), verbosity)
    }

    fn new(display: Display, verbosity: Verbosity) -> Self {
        Self { display, verbosity, last: (Duration::ZERO, 0), planned: None }
    }

    /// Takes in an event.
    pub fn event(&mut self, event: &Event) {
        if self.verbosity == Verbosity::Quiet {
            return;
        }
        match event {
            Event::Began(told) => {
                let (service, url) = (shown(&told.service), shown(&told.url));
                self.line(&format!("{service} at {url} · seed {}", told.seed));
                self.line(&bill(told));
            }
            Event::Notice(text) => self.line(&format!("note: {}", shown(text))),
            Event::PhaseBegan { phase, planned } => {
                self.planned = *planned;
                let name = phase.name();
                match (&self.display, planned) {
                    (Display::Live(bar), _) => bar.set_message(name),
                    (_, Some(planned)) => {
                        self.line(&format!("{name}: {}", counted(*planned, "case")));
                    }
                    (_, None) => self.line(name),
                }
            }
            Event::Progress(progress) => self.progress(progress),
            Event::PhaseEnded(ended) => {
                let plain = matches!(self.display, Display::Plain(_));
                if plain || self.verbosity > Verbosity::Normal {
                    let (cases, took) = (judged(ended.cases, ended.planned), time(ended.took));
                    let missing = missing(ended).map(|why| format!("; {why}")).unwrap_or_default();
                    let name = ended.phase.name();
                    self.line(&format!("{name} done: {cases} in {took}{missing}"));
                }
            }
            Event::Ended(_) => self.end(),
            Event::Replayed(_)
            | Event::Found(_)
            | Event::Spread { .. }
            | Event::Withdrawn { .. } => {}
        }
    }

    fn progress(&mut self, progress: &campaign::Progress) {
        let since = progress.elapsed.saturating_sub(self.last.0);
        if matches!(self.display, Display::Plain(_)) && since < PLAIN_EVERY {
            return;
        }
        let sent = progress.requests.saturating_sub(self.last.1);
        self.last = (progress.elapsed, progress.requests);
        let text = self.state(progress, sent, since);
        match &self.display {
            Display::Live(bar) => {
                bar.set_message(text);
                bar.tick();
            }
            Display::Plain(_) => self.line(&text),
        }
    }

    /// `boundary 1,240 of 6,240 cases · 29 of 41 operations reached · 69 requests/s · …`
    fn state(&self, progress: &campaign::Progress, sent: u64, since: Duration) -> String {
        let cases = judged(progress.phase_cases, self.planned);
        let per_second =
            if since.is_zero() { 0 } else { (sent as f64 / since.as_secs_f64()).round() as u64 };
        let mut parts = vec![
            format!("{} {cases}", progress.phase.name()),
            format!("{} of {} operations reached", progress.reached, progress.operations),
            format!("{} requests/s", number(per_second)),
        ];
        let (errors, warnings) = progress.findings;
        if errors + warnings > 0 {
            parts.push(format!(
                "{}, {}",
                counted(errors as u64, "error"),
                counted(warnings as u64, "warning")
            ));
        }
        parts.extend(progress.left.map(|left| format!("{} left", time(left))));
        parts.join(" · ")
    }

    /// Writes something else to the same terminal: the live line is taken away meanwhile.
    pub fn aside(&self, write: impl FnOnce()) {
        match &self.display {
            Display::Live(bar) => bar.suspend(write),
            Display::Plain(_) => write(),
        }
    }

    /// Takes the live line away.
    pub fn end(&mut self) {
        if let Display::Live(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn line(&mut self, text: &str) {
        match &mut self.display {
            Display::Live(bar) => bar.suspend(|| {
                let _ = writeln!(std::io::stderr(), "{text}");
            }),
            // Progress that no one can see is no reason to end.
            Display::Plain(out) => drop(writeln!(out, "{text}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture::{self, Page};

    fn text(verbosity: Verbosity, events: &[Event]) -> String {
        let page = Page::default();
        let mut progress = Progress::plain(Box::new(page.clone()), verbosity);
        for event in events {
            progress.event(event);
        }
        progress.end();
        page.text()
    }

    #[test]
    fn plain_progress_reads_as_a_log() {
        assert_snapshot!(text(Verbosity::Normal, &fixture::events()), @r"
        shop at http://127.0.0.1:8080 · seed 7
        41 operations · up to 6,240 boundary cases · 5 min at 20/s, budget 60 s covers 19 % · writes: 14 create, 0 foreign · auth: alice ok (GET /me 200)
        note: the base is http://127.0.0.1:8080/api
        regressions: 3 cases
        regressions done: 3 cases in 340 ms
        boundary: 6,240 cases
        boundary 1,240 of 6,240 cases · 29 of 41 operations reached · 69 requests/s · 1 error, 1 warning · 41 s left
        boundary done: 5,940 of 6,240 cases in 59 s; 100 could not be confirmed as what they claim, 200 were not begun
        ");
    }

    #[test]
    fn plain_progress_is_told_now_and_then_only() {
        let at = |seconds| {
            let elapsed = Duration::from_secs(seconds);
            Event::Progress(campaign::Progress { elapsed, ..fixture::progress() })
        };
        let told = text(Verbosity::Normal, &[at(1), at(9), at(10), at(11), at(19), at(20)]);
        assert_eq!(told.lines().count(), 2, "{told}");
    }

    #[test]
    fn a_quiet_run_shows_no_progress() {
        assert_eq!(text(Verbosity::Quiet, &fixture::events()), "");
    }
}
