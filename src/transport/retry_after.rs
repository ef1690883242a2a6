//! How long an answer asks us to wait.

use std::time::Duration;

use crate::case::Answer;

/// The pause that `Retry-After` asks for (RFC 9110, section 10.2.3).
///
/// A date is taken relative to the answer's own `Date`, so that our clock need not agree with the
/// server's. `None` where the field is absent or unreadable.
pub fn retry_after(answer: &Answer) -> Option<Duration> {
    let value = answer.header("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = seconds_of(value)? - seconds_of(answer.header("date")?.trim())?;
    Some(Duration::from_secs(seconds.try_into().unwrap_or(0)))
}

/// Seconds since 1970 of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
fn seconds_of(date: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_weekday, rest) = date.split_once(", ")?;
    let mut parts = rest.strip_suffix(" GMT")?.split([' ', ':']);
    let mut next = || parts.next();
    let day: i64 = next()?.parse().ok()?;
    let month = next()?;
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let [year, hour, minute, second] = [next()?, next()?, next()?, next()?];
    let number = |text: &str| text.parse::<i64>().ok().filter(|n| (0..10_000).contains(n));
    let clock = number(hour)? * 3600 + number(minute)? * 60 + number(second)?;
    (1..=31).contains(&day).then_some(days(number(year)?, month, day) * 86_400 + clock)
}

/// Days since 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Header;

    fn asks(fields: &[(&str, &'static str)]) -> Option<u64> {
        let headers = fields
            .iter()
            .map(|(name, value)| Header { name: (*name).to_owned(), value: (*value).into() })
            .collect();
        retry_after(&Answer { headers, ..Answer::default() }).map(|pause| pause.as_secs())
    }

    #[test]
    fn seconds_are_taken_as_they_stand() {
        assert_eq!(asks(&[("Retry-After", " 120 ")]), Some(120));
        assert_eq!(asks(&[("retry-after", "99999999999999999999")]), Some(u64::MAX));
        assert_eq!(asks(&[("retry-after", "-1")]), None);
        assert_eq!(asks(&[("retry-after", "soon")]), None);
        assert_eq!(asks(&[]), None);
    }

    #[test]
    fn a_date_counts_from_the_date_of_the_answer() {
        let at = |date, later| asks(&[("Date", date), ("Retry-After", later)]);
        let day = "Wed, 28 Feb 2024 23:59:50 GMT";
        assert_eq!(at(day, "Thu, 29 Feb 2024 00:00:20 GMT"), Some(30));
        assert_eq!(at(day, "Fri, 01 Mar 2024 23:59:50 GMT"), Some(2 * 86_400));
        assert_eq!(at("Thu, 29 Feb 2024 00:00:20 GMT", day), Some(0), "in the past");
        assert_eq!(asks(&[("Retry-After", day)]), None, "no date to count from");
    }

    #[test]
    fn known_dates_have_their_known_seconds() {
        assert_eq!(seconds_of("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(seconds_of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds_of("Tue, 19 Jan 2038 03:14:08 GMT"), Some(1 << 31));
        assert_eq!(seconds_of("Sun, 06 Nov 1994 08:49 GMT"), None);
    }
}
