//! The part of a campaign that is under way: where it begins and ends, what is counted of it.

use std::time::Instant;

use super::{Campaign, Event, Phase, PhaseSummary};

impl Campaign<'_> {
    /// Begins a phase: what is counted from now on is its own.
    pub(super) fn begin_part(&mut self, phase: Phase, planned: Option<u64>) {
        self.part = PhaseSummary { planned, ..PhaseSummary::of(phase) };
        self.part_began = Instant::now();
        (self.emit)(Event::PhaseBegan { phase, planned });
    }

    /// Ends the phase that is under way.
    pub(super) fn end_part(&mut self) {
        self.part.took = self.part_began.elapsed();
        self.parts.push(self.part);
        (self.emit)(Event::PhaseEnded(self.part));
    }
}
