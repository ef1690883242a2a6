//! Days as case files write them.

/// Reads a day of the calendar: `2027-01-31`.
///
/// # Errors
/// The text is no such day.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let bad = || format!("`{text}` is no day; write it as 2027-01-31");
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return Err(bad()) };
    let digits = |part: &str, count: usize| {
        let fits = part.len() == count && part.bytes().all(|octet| octet.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| fits)
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2))
    else {
        return Err(bad());
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Err(bad()),
    };
    if (1..=days).contains(&day) { Ok(text.to_owned()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for day in ["2027-01-31", "2028-02-29", "2000-02-29", "2027-12-01"] {
            assert_eq!(parse(day).as_deref(), Ok(day));
        }
        for text in
            ["", "2027-02-29", "1900-02-29", "2027-13-01", "2027-1-1", "31.01.2027", "2027-00-10"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
