//! Exit codes, decided in one place.

use std::io::Write as _;
use std::process::ExitCode;

use crate::campaign::{Conclusion, Summary, Verdict};

/// What the process ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(u8);

impl Exit {
    /// Ran as planned, nothing new at or above `--fail-on`; known faults within their date do not
    /// count.
    pub const WHOLE: Self = Self(0);
    /// A new finding, a regression, an expired known fault.
    pub const BROKEN: Self = Self(1);
    /// Usage, configuration or document in error; nothing was sent.
    pub const USAGE: Self = Self(2);
    /// Unreachable, no operation reached, below `--require-reached`, no case executed, a committed case
    /// that could not be judged, or a report that could not be written.
    pub const UNTESTED: Self = Self(3);
    /// A fault of ours. What a panic ends the process with, too.
    pub const FAULT: Self = Self(101);

    /// Ended by a signal: 128 and its number, 130 for SIGINT, 143 for SIGTERM.
    pub fn of_signal(signal: i32) -> Self {
        Self(u8::try_from(signal).map_or(Self::FAULT.0, |signal| 128_u8.saturating_add(signal)))
    }

    /// How a campaign ended. `strict` says that a known fault which is fixed must be told to the
    /// file.
    pub fn of(summary: &Summary, strict: bool) -> Self {
        let fixed = || summary.replays.iter().any(|replay| replay.verdict == Verdict::Fixed);
        match &summary.conclusion {
            Conclusion::Whole if strict && fixed() => Self::BROKEN,
            Conclusion::Whole => Self::WHOLE,
            Conclusion::Broken => Self::BROKEN,
            Conclusion::Untested(_) => Self::UNTESTED,
            Conclusion::Interrupted(signal) => Self::of_signal(*signal),
        }
    }

    /// What two parts of one run end with: interrupted before broken, broken before untested,
    /// untested before whole.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::WHOLE => 0,
            Self::UNTESTED => 1,
            Self::USAGE => 2,
            Self::BROKEN => 3,
            _ => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }

    /// The number.
    pub fn code(self) -> u8 {
        self.0
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.0.into()
    }
}

/// Has panics say what to do about them; the process then ends with [`Exit::FAULT`].
pub(super) fn tell_faults_of_ours() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        let command: Vec<_> = std::env::args_os().take(2).collect();
        // A fault must not lead to another one.
        let _ = writeln!(
            std::io::stderr(),
            "this is a fault of phi-fuzz {}, not of the service: please report it with the lines above, \
             the command ({command:?} …), the seed and, if you can, the document",
            env!("CARGO_PKG_VERSION"),
        );
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(conclusion: Conclusion, verdict: Option<Verdict>) -> Summary {
        let replay = |verdict| crate::campaign::Replay {
            path: "x.json".into(),
            operation: "GET /".to_owned(),
            check: "hang".to_owned(),
            verdict,
            counts: (0, 1),
            why: String::new(),
        };
        Summary {
            service: String::new(),
            url: String::new(),
            seed: 0,
            cases: 0,
            requests: 0,
            took: std::time::Duration::ZERO,
            phases: Vec::new(),
            operations: Vec::new(),
            found: Vec::new(),
            spread: Vec::new(),
            replays: verdict.map(replay).into_iter().collect(),
            inconclusive: Vec::new(),
            cleaned: None,
            stopped: None,
            conclusion,
        }
    }

    #[test]
    fn every_end_has_its_code() {
        let code = |conclusion| Exit::of(&summary(conclusion, None), false).code();
        assert_eq!(code(Conclusion::Whole), 0);
        assert_eq!(code(Conclusion::Broken), 1);
        assert_eq!(code(Conclusion::Untested(String::new())), 3);
        assert_eq!(code(Conclusion::Interrupted(2)), 130);
        assert_eq!(code(Conclusion::Interrupted(15)), 143);
    }

    #[test]
    fn a_fixed_fault_counts_where_one_is_strict() {
        let fixed = summary(Conclusion::Whole, Some(Verdict::Fixed));
        assert_eq!((Exit::of(&fixed, false), Exit::of(&fixed, true)), (Exit::WHOLE, Exit::BROKEN));
        let known = summary(Conclusion::Whole, Some(Verdict::Known));
        assert_eq!(Exit::of(&known, true), Exit::WHOLE);
    }

    #[test]
    fn of_two_the_graver_one_stands() {
        let order = [Exit::WHOLE, Exit::UNTESTED, Exit::USAGE, Exit::BROKEN, Exit::of_signal(2)];
        for (index, graver) in order.iter().enumerate() {
            for lighter in &order[..index] {
                assert_eq!((graver.and(*lighter), lighter.and(*graver)), (*graver, *graver));
            }
        }
    }
}
