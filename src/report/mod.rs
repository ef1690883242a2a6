//! Reports: what a campaign says, for people and for machines.
//!
//! Responsible for the formats. Each is a fold over [`Event`] behind [`Report`], one file each; all
//! are opened before the first request, so that a bad path fails early. Knows nothing of the network
//! and decides nothing: what a run means stands in its events.

mod bill;
mod finding;
#[cfg(test)]
mod fixture;
mod format;
mod groups;
mod junit;
mod ndjson;
mod phase;
mod progress;
mod style;
mod summary;
mod terminal;
mod timeline;
mod ways;
pub mod words;
mod xml;

pub use bill::bill;
pub use finding::finding;
pub use format::{Error, Format, Style, Wanted};
pub use junit::Junit;
pub use ndjson::{Ndjson, VERSION as NDJSON_VERSION};
pub use progress::Progress;
pub use summary::{last_line, summary};
pub use terminal::{Terminal, Verbosity};
pub use ways::Ways;

use std::io;

use crate::campaign::Event;

/// One format, while a campaign runs.
pub trait Report: Send {
    /// Takes in one event.
    ///
    /// # Errors
    /// It cannot be written.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Ends the report, also where no [`Event::Ended`] came.
    ///
    /// # Errors
    /// It cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}

/// Every report of a run, and the progress display.
#[derive(Default)]
pub struct Reports {
    progress: Option<Progress>,
    all: Vec<Running>,
}

struct Running {
    name: String,
    report: Box<dyn Report>,
    broken: Option<io::Error>,
}

impl std::fmt::Debug for Reports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter().map(|running| &running.name)).finish()
    }
}

impl Reports {
    /// No reports, and this display.
    pub fn new(progress: Option<Progress>) -> Self {
        Self { progress, all: Vec::new() }
    }

    /// Adds a report under a name for errors.
    pub fn add(&mut self, name: impl Into<String>, report: Box<dyn Report>) {
        self.all.push(Running { name: name.into(), report, broken: None });
    }

    /// Passes an event to all of them. One that cannot be written is given up, the others go on.
    pub fn event(&mut self, event: &Event) {
        if let Some(progress) = &mut self.progress {
            progress.event(event);
        }
        let all = &mut self.all;
        let mut tell = || all.iter_mut().for_each(|running| running.tell(|r| r.event(event)));
        match &self.progress {
            // Two writers on one terminal would draw over each other.
            Some(progress) if !matches!(event, Event::Progress(_)) => progress.aside(tell),
            _ => tell(),
        }
    }

    /// Ends them all. Gives those that could not be written, by name; a reader that has gone away
    /// does not count.
    pub fn finish(mut self) -> Vec<(String, io::Error)> {
        if let Some(progress) = &mut self.progress {
            progress.end();
        }
        for running in &mut self.all {
            running.tell(|report| report.finish());
        }
        let broken = self.all.into_iter().filter_map(|r| Some((r.name, r.broken?)));
        broken.filter(|(_, error)| error.kind() != io::ErrorKind::BrokenPipe).collect()
    }
}

impl Running {
    fn tell(&mut self, tell: impl FnOnce(&mut dyn Report) -> io::Result<()>) {
        if self.broken.is_none() {
            self.broken = tell(&mut *self.report).err();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    struct Fails(io::ErrorKind, Arc<Mutex<u32>>);

    impl Report for Fails {
        fn event(&mut self, _: &Event) -> io::Result<()> {
            *self.1.lock().unwrap() += 1;
            Err(self.0.into())
        }

        fn finish(&mut self) -> io::Result<()> {
            self.event(&Event::Notice(String::new()))
        }
    }

    #[test]
    fn a_report_that_cannot_be_written_is_given_up_and_named() {
        let told = Arc::new(Mutex::new(0));
        let mut reports = Reports::new(None);
        reports.add("junit=x", Box::new(Fails(io::ErrorKind::StorageFull, told.clone())));
        reports.add("text", Box::new(Fails(io::ErrorKind::BrokenPipe, told.clone())));
        for _ in 0..3 {
            reports.event(&Event::Notice("x".to_owned()));
        }
        let broken = reports.finish();
        assert_eq!(*told.lock().unwrap(), 2, "each is told once");
        let names: Vec<_> = broken.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["junit=x"], "whoever has gone away misses nothing");
    }
}
