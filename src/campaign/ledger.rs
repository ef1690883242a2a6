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
    /// The operation that makes what this one names, where none could be made.
    needs: Option<String>,
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
        let status = last.status.unwrap_or(0);
        *row.statuses.entry(status).or_default() += 1;
        if last.label == Label::Valid {
            *row.valid.entry(status).or_default() += 1;
            row.reached |=
                (200..400).contains(&status) && (status < 300 || row.is_redirect(status));
        }
    }

    /// Whether an operation has answered 2xx.
    pub(super) fn is_reached(&self, operation: usize) -> bool {
        self.rows.get(operation).is_some_and(|row| row.reached)
    }

    /// Notes why nothing can be sent to an operation.
    pub(super) fn unsent(&mut self, operation: usize, why: String) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.unsent.get_or_insert(why);
        }
    }

    /// Notes in which words a usual call of an operation was refused.
    pub(super) fn refused(&mut self, operation: usize, said: String) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.said = Some(said);
        }
    }

    /// Notes that what an operation names could not be made.
    pub(super) fn lacks(&mut self, operation: usize, maker: String) {
        if let Some(row) = self.rows.get_mut(operation) {
            row.needs.get_or_insert(maker);
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

    /// The status that nearly all valid cases were answered with, where that says that nothing was
    /// tested: 401, 403, 404 or 405; 0 where there was no answer.
    pub(super) fn refused_everywhere(&self) -> Option<u16> {
        let mut all: BTreeMap<u16, u64> = BTreeMap::new();
        for row in &self.rows {
            for (status, count) in &row.valid {
                *all.entry(*status).or_default() += count;
            }
        }
        let total: u64 = all.values().sum();
        let refusals = [0, 401, 403, 404, 405];
        let refused: u64 = refusals.iter().filter_map(|status| all.get(status)).sum();
        let most = refusals.iter().max_by_key(|status| all.get(status).copied().unwrap_or(0))?;
        (total > 0 && refused * 100 >= total * 98).then_some(*most)
    }
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
                Some(maker) => format!("404: it needs what {maker} makes, and that is refused"),
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
