//! What became of each operation.

use std::collections::BTreeMap;

use super::OperationSummary;
use super::job::Counted;
use crate::case::Label;
use crate::spec::Operation;

/// What became of each operation, by its number in the service.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    rows: Vec<Row>,
    pub(super) cases: u64,
}

#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    picked: bool,
    cases: u64,
    statuses: BTreeMap<u16, u64>,
    valid: BTreeMap<u16, u64>,
    reached: bool,
    /// Why nothing could be sent.
    unsent: Option<String>,
    /// What the last refusal of a usual call said.
    said: Option<String>,
    /// The operation that is to give what this one names, and what it was answered with when that was
    /// not to be had last.
    needs: Option<(String, Option<u16>)>,
}

impl Ledger {
    /// A ledger for these operations and whether each takes part.
    pub(super) fn new(operations: &[Operation], picked: impl Fn(&Operation) -> bool) -> Self {
        let row = |operation: &Operation| Row {
            name: operation.name.clone(),
            picked: picked(operation),
            ..Row::default()
        };
        Self { rows: operations.iter().map(row).collect(), cases: 0 }
    }

    /// Counts what came of a call of an operation.
    pub(super) fn record(&mut self, operation: usize, last: &Counted) {
        let Some(row) = self.rows.get_mut(operation) else { return };
        row.cases += 1;
        if last.left {
            return;
        }
        let status = last.status.unwrap_or(0);
        *row.statuses.entry(status).or_default() += 1;
        if last.label == Label::Valid {
            *row.valid.entry(status).or_default() += 1;
            row.reached |=
                (200..400).contains(&status) && (status < 300 || row.is_redirect(status));
        }
    }

    /// By which of 200 and 201 an operation has said that what was asked for is there: some say the one
    /// where it was there already.
    pub(super) fn made_by(&self, operation: &str) -> Vec<String> {
        let row = self.rows.iter().find(|row| row.name == operation);
        let seen = |status: &u16| row.is_some_and(|row| row.valid.contains_key(status));
        [200, 201].into_iter().filter(seen).map(|status| status.to_string()).collect()
    }

    /// Whether an operation has answered 2xx.
    pub(super) fn is_reached(&self, operation: usize) -> bool {
        self.rows.get(operation).is_some_and(|row| row.reached)
    }

    /// Notes why nothing can be sent to an operation.
    pub(super) fn unsent(&mut self, operation: usize, why: impl FnOnce() -> String) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.unsent.get_or_insert_with(why);
        }
    }

    /// Notes in which words a usual call of an operation was refused.
    pub(super) fn refused(&mut self, operation: usize, said: String) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.said = Some(said);
        }
    }

    /// Notes that what an operation names was not to be had from `maker`, which was answered so.
    pub(super) fn lacks(&mut self, operation: usize, maker: String, status: Option<u16>) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.needs = Some((maker, status));
        }
    }

    /// Operations that answered 2xx, and all that take part.
    pub(super) fn reached(&self) -> (usize, usize) {
        let picked = || self.rows.iter().filter(|row| row.picked);
        (picked().filter(|row| row.reached).count(), picked().count())
    }

    /// Each operation that takes part with what became of it.
    pub(super) fn summary(&self) -> Vec<OperationSummary> {
        let picked = self.rows.iter().filter(|row| row.picked);
        picked
            .map(|row| OperationSummary {
                name: row.name.clone(),
                cases: row.cases,
                statuses: row.statuses.iter().map(|(status, count)| (*status, *count)).collect(),
                reached: row.reached,
                untested: row.untested(),
            })
            .collect()
    }

    /// Why nothing was tested, where that is so: no operation answered a valid call with success, or
    /// nearly all were turned away. A service that refuses whatever is sent keeps its promises without
    /// being looked at. Where only broken calls were sent, refusing them is right: then those count
    /// that nobody looked at.
    pub(super) fn hollow(&self) -> Option<String> {
        let (reached, _) = self.reached();
        let valid = self.answers(|row| &row.valid);
        let (answers, unreached) = if valid.is_empty() {
            (self.answers(|row| &row.statuses), false)
        } else {
            (valid, reached == 0)
        };
        let all: u64 = answers.values().sum();
        let away: u64 = TURNED_AWAY.iter().filter_map(|status| answers.get(status)).sum();
        let hollow = unreached || all > 0 && nearly_all(away, all);
        hollow.then(|| told(answers, reached))
    }

    /// All answers of a kind, by status.
    fn answers(&self, kind: impl Fn(&Row) -> &BTreeMap<u16, u64>) -> BTreeMap<u16, u64> {
        let mut all = BTreeMap::new();
        for (status, count) in self.rows.iter().flat_map(kind) {
            *all.entry(*status).or_default() += count;
        }
        all
    }
}

/// Answers of whoever looked at no more than the path, the method, the credentials or its own load; 0
/// stands for no answer.
const TURNED_AWAY: [u16; 10] = [0, 401, 403, 404, 405, 407, 429, 502, 503, 504];

fn nearly_all(part: u64, all: u64) -> bool {
    part * 100 >= all * 98
}

/// What was answered where nothing was tested, and the way out.
fn told(answers: BTreeMap<u16, u64>, reached: usize) -> String {
    let all: u64 = answers.values().sum();
    let mut answers: Vec<(u16, u64)> = answers.into_iter().collect();
    answers.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (most, count) = answers.first().copied().unwrap_or_default();
    let hint = match most {
        0 => "is it HTTP that is spoken there? (--url, --timeout)",
        401 | 403 | 407 => "credentials are missing or not enough (--auth)",
        404 | 405 => "is the base address right? (--url)",
        429 => "it asks to be called less often (--rate)",
        500.. => "it answers only errors",
        _ => "give it what it takes: examples in the document, or `values` in phi-fuzz.toml",
    };
    let said = match most {
        0 if nearly_all(count, all) => return "no call was answered with HTTP".to_owned(),
        status if nearly_all(count, all) => format!("every answer was {status}"),
        _ => {
            let shown = answers.iter().take(3).map(|(status, count)| match status {
                0 => format!("{count} × no answer"),
                status => format!("{count} × {status}"),
            });
            let shown = shown.collect::<Vec<_>>().join(", ");
            let what = if reached == 0 { "no operation was reached" } else { "nearly all refuse" };
            format!("{what}: {shown}")
        }
    };
    format!("{said}: {hint}")
}

impl Row {
    /// Whether redirects are all that valid cases get: then one is what the operation does.
    fn is_redirect(&self, status: u16) -> bool {
        (300..400).contains(&status) && self.valid.keys().all(|s| (300..400).contains(s))
    }

    /// Why the operation is untested, where it is.
    fn untested(&self) -> Option<String> {
        if self.reached {
            return None;
        }
        if let Some(why) = self.unsent.as_ref().filter(|_| self.cases == 0) {
            return Some(why.clone());
        }
        if self.valid.is_empty() {
            return Some("no valid case was sent".to_owned());
        }
        let (status, _) = self.valid.iter().max_by_key(|(_, count)| **count)?;
        Some(match status {
            0 => "no answer".to_owned(),
            401 | 403 => format!("{status}: credentials are missing or not enough"),
            404 => match &self.needs {
                Some((maker, Some(200..300))) => {
                    format!(
                        "404: what it names was looked for in what {maker} answers, and is not there"
                    )
                }
                Some((maker, Some(status))) => {
                    let verb = if maker.starts_with("GET ") { "gives" } else { "makes" };
                    format!("404: it needs what {maker} {verb}, and that was answered {status}")
                }
                Some((maker, None)) => format!("404: it needs {maker}, and that was not answered"),
                None => "404: what it names does not exist; it needs data".to_owned(),
            },
            405 => "405: the path is there, the method is not".to_owned(),
            409 | 412 | 422 | 400 => match &self.said {
                Some(said) => format!("{status}: every valid case was refused: \"{said}\""),
                None => format!("{status}: every valid case was refused"),
            },
            429 => "429: the service asks to be called less often".to_owned(),
            500..=599 => format!("{status}: it answers only errors"),
            _ => format!("{status} is all it answers"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::load;

    const DOCUMENT: &str = r#"{"swagger":"2.0","info":{},"paths":{"/a":{"get":{"responses":{}}}}}"#;

    /// Why a run that got these answers tested nothing.
    fn hollow(answers: &[(Label, u16, u64)]) -> Option<String> {
        let service = load::alone("t.json", DOCUMENT.as_bytes()).unwrap().service;
        let mut ledger = Ledger::new(&service.operations, |_| true);
        for (label, status, count) in answers {
            let status = Some(*status).filter(|status| *status > 0);
            for _ in 0..*count {
                ledger.record(
                    0,
                    &Counted {
                        status,
                        label: *label,
                        late: 0,
                        left: false,
                        connected: true,
                        took: None,
                    },
                );
            }
        }
        ledger.hollow()
    }

    #[test]
    fn what_only_ever_refuses_is_untested_whatever_it_says() {
        let why = |answers: &[(u16, u64)]| {
            let valid = answers.iter().map(|(status, count)| (Label::Valid, *status, *count));
            hollow(&valid.collect::<Vec<_>>()).unwrap_or_default()
        };
        assert!(why(&[(413, 50)]).starts_with("every answer was 413: give it what it takes"));
        assert!(why(&[(401, 1)]).starts_with("every answer was 401: credentials are missing"));
        assert!(why(&[(0, 9)]).starts_with("no call was answered"));
        let mixed = why(&[(400, 5), (422, 30), (404, 10), (0, 2)]);
        let start = "no operation was reached: 30 × 422, 10 × 404, 5 × 400: give it";
        assert!(mixed.starts_with(start), "{mixed}");
        assert_eq!(why(&[(200, 1), (422, 99)]), "", "one that is accepted was looked at");
        let away = why(&[(200, 1), (401, 60), (404, 60)]);
        assert!(away.starts_with("nearly all refuse: 60 × 401, 60 × 404"), "{away}");
        assert_eq!(why(&[(302, 5)]), "", "a redirect is what it does");
    }

    #[test]
    fn refusing_broken_calls_alone_is_no_sign_of_a_hollow_run() {
        let why = |answers: &[(Label, u16, u64)]| hollow(answers).unwrap_or_default();
        assert_eq!(why(&[(Label::Invalid, 400, 50), (Label::Malformed, 413, 50)]), "");
        assert!(why(&[(Label::Invalid, 404, 50)]).starts_with("every answer was 404: is the base"));
        assert!(!why(&[(Label::Invalid, 400, 50), (Label::Valid, 422, 1)]).is_empty());
        assert_eq!(why(&[]), "");
    }
}
