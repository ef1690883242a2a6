//! Rates and shares as people write them: `50/s`, `80%`.

/// Requests per second; `None` for no limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate(pub Option<f64>);

/// Reads a rate: `50/s`, `50`, `600/m`, `none` for no limit.
///
/// # Errors
/// The text is no such rate.
pub fn rate(text: &str) -> Result<Rate, String> {
    let bad = || format!("`{text}` is no rate; write 50/s, 600/m or none");
    let text = text.trim();
    if text == "none" {
        return Ok(Rate(None));
    }
    let (number, seconds) = match text.split_once('/') {
        None => (text, 1.0),
        Some((number, "s")) => (number, 1.0),
        Some((number, "m")) => (number, 60.0),
        Some((number, "h")) => (number, 3600.0),
        Some(_) => return Err(bad()),
    };
    let per_second = positive(number).ok_or_else(bad)? / seconds;
    if per_second == 0.0 {
        return Err(format!("`{text}` would send nothing; write none for no limit"));
    }
    Ok(Rate(Some(per_second)))
}

/// Reads a share: `80%`, or `0.8`. The result is from 0 to 1.
///
/// # Errors
/// The text is no such share.
pub fn share(text: &str) -> Result<f64, String> {
    let bad = || format!("`{text}` is no share; write 80% or 0.8");
    let text = text.trim();
    let share = match text.strip_suffix('%') {
        Some(percent) => positive(percent.trim_end()).ok_or_else(bad)? / 100.0,
        None => positive(text).ok_or_else(bad)?,
    };
    if share <= 1.0 {
        Ok(share)
    } else if text.ends_with('%') {
        Err(format!("`{text}` is more than all; write at most 100%"))
    } else {
        Err(format!("`{text}` is more than all; did you mean `{text}%`?"))
    }
}

/// A decimal number without sign or exponent.
fn positive(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_per_second() {
        assert_eq!(rate("50/s"), Ok(Rate(Some(50.0))));
        assert_eq!(rate("50"), Ok(Rate(Some(50.0))));
        assert_eq!(rate("600/m"), Ok(Rate(Some(10.0))));
        assert_eq!(rate("0.5/s"), Ok(Rate(Some(0.5))));
        assert_eq!(rate("none"), Ok(Rate(None)));
        for text in ["", "0", "0/s", "-1/s", "50/d", "1e3", "inf", "NaN", "50 per second"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_are_read_from_0_to_1() {
        assert_eq!(share("80%"), Ok(0.8));
        assert_eq!(share("0.8"), Ok(0.8));
        assert_eq!(share("100%"), Ok(1.0));
        assert_eq!(share("0"), Ok(0.0));
        assert_eq!(share("80"), Err("`80` is more than all; did you mean `80%`?".to_owned()));
        for text in ["", "%", "101%", "-1%", "all"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
