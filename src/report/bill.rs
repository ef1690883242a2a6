//! The bill: what a run is going to do, before its first request.

use std::time::Duration;

use super::words::{counted, number, rate, time};
use crate::campaign::{Bill, Writes};

/// One line: `41 operations · up to 6,240 boundary cases · 5 min at 20/s, budget 60 s covers 19 % · …`.
pub fn bill(bill: &Bill) -> String {
    let mut parts = vec![
        counted(bill.operations as u64, "operation"),
        format!("up to {}", counted(bill.boundary_cases, "boundary case")),
        budget(bill),
    ];
    if bill.writes != Writes::default() {
        parts.push(writes(bill.writes));
    }
    if !bill.auth.is_empty() {
        let told: Vec<_> = bill.auth.iter().map(|(name, gave)| format!("{name} {gave}")).collect();
        parts.push(format!("auth: {}", told.join(", ")));
    }
    parts.join(" · ")
}

/// `writes: 1 create, 0 foreign, 3 only to what does not exist, 1 not sent`
fn writes(writes: Writes) -> String {
    let Writes { create, foreign, nowhere, withheld } = writes;
    let told = |count: usize, what: &str| format!("{} {what}", number(count as u64));
    let mut parts = vec![told(create, "create"), told(foreign, "foreign")];
    if nowhere > 0 {
        parts.push(told(nowhere, "only to what does not exist"));
    }
    if withheld > 0 {
        parts.push(told(withheld, "not sent (--allow-foreign-writes)"));
    }
    format!("writes: {}", parts.join(", "))
}

fn budget(bill: &Bill) -> String {
    let needed = bill
        .rate
        .filter(|rate| *rate > 0.0)
        .and_then(|rate| Duration::try_from_secs_f64(bill.boundary_cases as f64 / rate).ok());
    match (bill.max_cases, bill.budget, bill.rate, needed) {
        (Some(cases), ..) => format!("at most {}", counted(cases, "case")),
        (None, Some(budget), Some(per_second), Some(needed)) if needed > budget => format!(
            "{} at {}, budget {} covers {} %",
            time(needed),
            rate(per_second),
            time(budget),
            (100.0 * budget.as_secs_f64() / needed.as_secs_f64()).floor(),
        ),
        (None, Some(budget), Some(per_second), Some(needed)) => {
            format!("{} at {}, budget {}", time(needed), rate(per_second), time(budget))
        }
        (None, Some(budget), ..) => format!("budget {}, no limit of rate", time(budget)),
        (None, None, ..) => "no budget".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_bill_tells_what_the_budget_covers() {
        assert_snapshot!(
            bill(&fixture::bill()),
            @"41 operations · up to 6,240 boundary cases · 5 min at 20/s, budget 60 s covers 19 % · writes: 14 create, 0 foreign · auth: alice ok (GET /me 200)"
        );
    }

    #[test]
    fn what_is_kept_back_is_told() {
        let writes = Writes { create: 1, nowhere: 3, withheld: 1, ..Writes::default() };
        let careful = Bill { writes, max_cases: Some(9), ..Bill::default() };
        assert_snapshot!(
            bill(&careful),
            @"0 operations · up to 0 boundary cases · at most 9 cases · writes: 1 create, 0 foreign, 3 only to what does not exist, 1 not sent (--allow-foreign-writes)"
        );
    }

    #[test]
    fn what_is_not_there_is_not_told() {
        let small = Bill {
            operations: 1,
            boundary_cases: 1,
            budget: Some(Duration::from_secs(60)),
            ..Bill::default()
        };
        assert_snapshot!(bill(&small), @"1 operation · up to 1 boundary case · budget 60 s, no limit of rate");
        let rated = Bill { rate: Some(20.0), boundary_cases: 40, ..small.clone() };
        assert_snapshot!(bill(&rated), @"1 operation · up to 40 boundary cases · 2 s at 20/s, budget 60 s");
        let counted = Bill { max_cases: Some(1_000), ..small };
        assert_snapshot!(bill(&counted), @"1 operation · up to 1 boundary case · at most 1,000 cases");
    }
}
