//! The formats the document names, read as generously as their RFCs allow.

/// A calendar date, RFC 3339 `full-date`: year, month, day.
pub(crate) fn date(text: &str) -> Option<(u32, u32, u32)> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    (1..=days(year, month)).contains(&day).then_some((year, month, day))
}

/// How many days a month has; none where there is no such month.
pub(crate) fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

/// RFC 3339 `date-time`, with leap seconds at any minute.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((day, clock)) = text.split_once(['T', 't', ' ']) else { return false };
    let Some(end) = clock.find(['Z', 'z', '+', '-']) else { return false };
    let (clock, zone) = clock.split_at(end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let zone_holds = matches!(zone, "Z" | "z") || is_clock(&zone[1..], 2);
    let fraction_holds = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    date(day).is_some() && is_clock(clock, 3) && fraction_holds && zone_holds
}

fn is_clock(text: &str, parts: usize) -> bool {
    let mut count = 0;
    let holds = text.split(':').zip([23, 59, 60]).all(|(part, most)| {
        count += 1;
        digits(part, 2).is_some_and(|number| number <= most)
    });
    holds && count == parts && text.len() == parts * 3 - 1
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let holds = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    holds.then(|| text.parse().ok()).flatten()
}

/// Something before and after an `@`; blanks around it do not count.
pub(crate) fn is_email(text: &str) -> bool {
    text.trim().rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
}

/// A scheme, a colon and anything without blanks (RFC 3986, section 3).
pub(crate) fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date("2000-02-29"), Some((2000, 2, 29)));
        assert_eq!(date("0000-01-01"), Some((0, 1, 1)));
        for wrong in
            ["1900-02-29", "2023-04-31", "2023-13-01", "2023-1-01", "2023-01-00", "+200-01-01"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn date_times_take_leap_seconds_and_both_cases() {
        for right in ["2000-01-01T00:00:00Z", "2016-12-31t23:59:60.5z", "2000-01-01T23:59:59-12:00"]
        {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in [
            "2000-01-01",
            "2000-01-01T24:00:00Z",
            "2000-01-01T00:00:00",
            "2000-01-01T00:00Z",
            "2000-01-01T00:00:00.Z",
        ] {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn addresses_and_links_need_their_marks() {
        assert!(is_email(" a@b ") && !is_email("@b") && !is_email("ab"));
        assert!(is_uri("https://a.example/hook") && !is_uri("hook") && !is_uri("1a:b"));
    }
}
