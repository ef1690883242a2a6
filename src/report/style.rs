//! What is coloured, and how. Whoever opens the stream decides whether colours reach it.

use anstyle::{AnsiColor, Style};

use crate::campaign::Verdict;
use crate::check::Severity;

/// What needs attention.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look.
pub(super) const ODD: Style = AnsiColor::Yellow.on_default().bold();
/// What is as it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What a reader looks for.
pub(super) const STRONG: Style = Style::new().bold();
/// What a reader may pass over.
pub(super) const FAINT: Style = Style::new().dimmed();

/// A text in a style.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

pub(super) fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => BAD,
        Severity::Warning => ODD,
    }
}

pub(super) fn of_verdict(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Ok => GOOD,
        Verdict::Failed | Verdict::Flaky => BAD,
        Verdict::Fixed | Verdict::Inconclusive | Verdict::Stale => ODD,
        Verdict::Known => FAINT,
    }
}
