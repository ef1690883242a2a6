//! JSON as `serde_json` reads it, but for numbers that no double holds: those become the nearest
//! double on their own side of the shortest decimal, so that `100.00000000000000000001` is still
//! above 100 and still no integer.

use std::cmp::Ordering;

use serde_json::Value;

/// Reads one JSON text.
///
/// # Errors
/// What is wrong with it, a lower-case fragment.
pub(crate) fn read(json: &[u8]) -> Result<Value, String> {
    let mut mended = Vec::new();
    let mut copied = 0;
    for (start, end) in numbers(json) {
        let token = std::str::from_utf8(&json[start..end]).unwrap_or_default();
        if let Some(double) = beside(token) {
            mended.extend_from_slice(&json[copied..start]);
            mended.extend_from_slice(format!("{double:e}").as_bytes());
            copied = end;
        }
    }
    mended.extend_from_slice(&json[copied..]);
    serde_json::from_slice(&mended).map_err(|error| error.to_string())
}

/// Reads one JSON number.
pub(crate) fn number(text: &str) -> Option<Value> {
    read(text.as_bytes()).ok().filter(Value::is_number)
}

/// The number as an integer where it is one, however it was written.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let double = value.as_f64()?;
        (double.fract() == 0.0 && double.abs() < 9.2e18).then_some(double as i64)
    })
}

/// Where the numbers of a JSON text stand.
fn numbers(json: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < json.len() {
            match json[at] {
                b'"' => at = after_text(json, at),
                b'-' | b'0'..=b'9' => {
                    let length = json[at..]
                        .iter()
                        .take_while(|b| b"+-.eE".contains(b) || b.is_ascii_digit());
                    let start = at;
                    at += length.count();
                    return Some((start, at));
                }
                _ => at += 1,
            }
        }
        None
    })
}

fn after_text(json: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while at < json.len() && json[at] != b'"' {
        at += 1 + usize::from(json[at] == b'\\');
    }
    at + 1
}

/// The double to take in place of a number that is not what its nearest double prints as.
fn beside(token: &str) -> Option<f64> {
    let is_number = || serde_json::from_str::<serde_json::Number>(token).is_ok();
    if !token.contains(['.', 'e', 'E']) || !is_number() {
        return None;
    }
    let nearest: f64 = token.parse().ok().filter(|double: &f64| double.is_finite())?;
    let written = Magnitude::of(token)?;
    match written.cmp(&Magnitude::of(&format!("{nearest:e}"))?) {
        Ordering::Equal => None,
        side => {
            let bits = nearest.abs().to_bits();
            let bits = if side == Ordering::Greater { bits + 1 } else { bits.saturating_sub(1) };
            let double = f64::from_bits(bits);
            Some(if token.starts_with('-') { -double } else { double }).filter(|d| d.is_finite())
        }
    }
}

/// A decimal without its sign: where its first digit stands, and its digits.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Magnitude(i64, String);

impl Magnitude {
    fn of(token: &str) -> Option<Self> {
        let token = token.trim_start_matches('-').to_ascii_lowercase();
        let (mantissa, exponent) = token.split_once('e').unwrap_or((&token, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let leading = digits.bytes().take_while(|byte| *byte == b'0').count();
        let digits = digits.trim_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self(i64::MIN, digits));
        }
        let exponent: i64 = exponent.parse().ok()?;
        Some(Self(exponent.checked_add(whole.len() as i64 - leading as i64)?, digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_double_holds_stays() {
        let text = r#"{"a":[1,-0.0,1.0,0.1,1e3,0.30000000000000004,1.50,9007199254740993],"0.0":"1e-400"}"#;
        assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn what_no_double_holds_stays_on_its_side() {
        let double = |text: &str| read(text.as_bytes()).unwrap().as_f64().unwrap();
        assert!(double("100.00000000000000000001") > 100.0);
        assert!(double("99.99999999999999999999") < 100.0);
        assert!(double("-100.00000000000000000001") < -100.0);
        assert!(double("1e-400") > 0.0);
        assert!(read(b"1e400").is_err());
    }

    #[test]
    fn what_is_no_number_stays_none() {
        for wrong in ["00.10000000000000000000001", "1.e-400", ".5", "1.", "1e", "01", "-", "1e5e5"]
        {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn whole_numbers_may_be_written_as_decimals() {
        assert_eq!(whole(&json!(7.0)), Some(7));
        assert_eq!(whole(&json!(7.5)), None);
        assert_eq!(whole(&json!(u64::MAX)), None);
        assert_eq!(number("+1"), None);
        assert_eq!(number("-12"), Some(json!(-12)));
    }
}
