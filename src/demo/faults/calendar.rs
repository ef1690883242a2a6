//! A day that not every year has.

use serde_json::json;

use super::super::dice::Dice;
use super::super::formats::days;
use super::super::reply::{Reply, crash};
use super::{Fault, Planted, case};

const OPERATION: &str = "POST /invoices";

/// The day an invoice comes up again, a year later.
#[derive(Debug)]
pub(crate) struct Calendar {
    healthy: bool,
    pub(crate) field: &'static str,
}

impl Calendar {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        let names = ["due", "issued", "booked_on", "period_start", "day"];
        Self { healthy, field: dice.pick("calendar field", &names) }
    }

    /// The same day of the next year, or the last of its month; none after the year 9999.
    pub(crate) fn next_year(&self, date: (u32, u32, u32)) -> Result<Option<String>, Reply> {
        let (year, month, day) = (date.0 + 1, date.1, date.2);
        let last = days(year, month);
        let day = match day {
            day if day <= last => day,
            _ if self.healthy => last,
            _ => return Err(crash("day is out of range for month")),
        };
        Ok((year <= 9999).then(|| format!("{year:04}-{month:02}-{day:02}")))
    }
}

impl Fault for Calendar {
    fn words(&self) -> Vec<(&'static str, String)> {
        vec![("calendar.field", self.field.into())]
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |date: &str| case(OPERATION, &json!({ "json": { self.field: date } }));
        vec![Planted {
            name: "calendar",
            check: "not_a_server_error",
            operation: OPERATION.into(),
            case: with("2000-02-29"),
            neighbours: ["2000-02-28", "2000-01-29", "2000-02-01", "2000-01-01"].map(with).into(),
        }]
    }
}
