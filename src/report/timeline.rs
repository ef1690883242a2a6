//! A time line of a history in plain text: who sends when, and when answers come.

use std::time::Duration;

use crate::case::{Call, Exchange, History, Outcome};

/// Columns of a line.
const WIDTH: usize = 24;

/// When the calls of a history went out and were answered, to the same scale.
pub(super) struct Timeline<'h> {
    history: &'h History,
    start: Duration,
    length: Duration,
}

impl<'h> Timeline<'h> {
    /// The time line of a history; `None` where no times are known.
    pub(super) fn of(history: &'h History) -> Option<Self> {
        let times = || history.exchanges.iter().map(|exchange| &exchange.times);
        let start = times().map(|times| times.begin).min()?;
        let length = times().map(|times| times.begin + times.end).max()?.saturating_sub(start);
        (!length.is_zero()).then_some(Self { history, start, length })
    }

    /// How to read it: `to scale, 512ms in all: > sends, - waits, < is answered`.
    pub(super) fn legend(&self) -> String {
        let marks = |exchange: &Exchange| [end(exchange), self.sending(exchange)];
        let used: Vec<char> = self.history.exchanges.iter().flat_map(marks).collect();
        let rare = [('.', "holds back"), ('x', "goes away"), ('!', "gets no answer")];
        let more = rare.into_iter().filter(|(mark, _)| used.contains(mark));
        let usual = [('>', "sends"), ('-', "waits"), ('<', "is answered")].into_iter();
        let marks: Vec<String> =
            usual.chain(more).map(|(mark, means)| format!("{mark} {means}")).collect();
        format!("to scale, {} in all: {}", super::words::time(self.length), marks.join(", "))
    }

    /// The line of a call, one character for each column.
    pub(super) fn line(&self, call: &str) -> String {
        let mut line = vec![' '; WIDTH];
        if let Some(exchange) = self.history.exchange(call) {
            let times = &exchange.times;
            let begin = self.column(times.begin);
            let column =
                |after: Option<Duration>| self.column(times.begin + after.unwrap_or(times.end));
            let (sent, answered) = (column(times.sent), column(times.first_byte));
            let over = column(None);
            line[begin..=over].fill('-');
            line[begin..=sent].fill(self.sending(exchange));
            (line[begin], line[sent]) = ('>', '>');
            if times.first_byte.is_some() {
                line[answered..=over].fill('<');
            }
            line[over] = end(exchange);
        }
        line.into_iter().collect()
    }

    /// All lines, with the ids of the calls, and how to read them.
    pub(super) fn lines(&self) -> Vec<String> {
        let calls = self.history.exchanges.iter().map(|exchange| &exchange.call);
        let width = calls.clone().map(|call| call.chars().count()).max().unwrap_or_default();
        let line = |call: &String| format!("{call:width$} |{}|", self.line(call));
        calls.map(line).chain([self.legend()]).collect()
    }

    /// How a request goes out: held back in its middle, or in one go.
    fn sending(&self, exchange: &Exchange) -> char {
        let waits = self.history.case.call(&exchange.call).is_some_and(Call::keeps_waiting);
        if waits { '.' } else { '>' }
    }

    fn column(&self, at: Duration) -> usize {
        let part = at.saturating_sub(self.start).as_secs_f64() / self.length.as_secs_f64();
        ((part * WIDTH as f64) as usize).min(WIDTH - 1)
    }
}

/// How an exchange ends.
fn end(exchange: &Exchange) -> char {
    match exchange.outcome {
        Outcome::Answered(_) => '<',
        Outcome::Abandoned => 'x',
        Outcome::Dropped { .. }
        | Outcome::Garbage { .. }
        | Outcome::TimedOut { .. }
        | Outcome::Unreachable { .. } => '!',
    }
}
