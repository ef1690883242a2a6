//! Numbers exactly as written, and exact decimal arithmetic on them.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

/// A JSON number as it is written: `1`, `1.0` and `1e0` are three numbers of the same value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Invariant: a lexeme that is the shortest form of an `i64` is always `Int`.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Int(i64),
    Text(Box<str>),
}

impl Number {
    /// A number written as `text`.
    ///
    /// Gives `None` where `text` is not a number of RFC 8259, section 6.
    pub fn parse(text: &str) -> Option<Self> {
        if !is_number(text) {
            return None;
        }
        Some(Self(match text.parse::<i64>() {
            Ok(int) if text != "-0" => Repr::Int(int),
            _ => Repr::Text(text.into()),
        }))
    }

    /// A finite float in its shortest form that reads back the same; integers get no `.0`.
    ///
    /// Gives `None` for infinities and NaN, which JSON cannot say.
    pub fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        let plain = format!("{float}");
        // Beyond 17 digits the exponent form is the shorter one.
        Self::parse(&if plain.len() <= 21 { plain } else { format!("{float:e}") })
    }

    /// The lexeme.
    pub fn lexeme(&self) -> std::borrow::Cow<'_, str> {
        match &self.0 {
            Repr::Int(int) => int.to_string().into(),
            Repr::Text(text) => (&**text).into(),
        }
    }

    /// The integer, where it is written as one and fits.
    pub fn as_i128(&self) -> Option<i128> {
        match &self.0 {
            Repr::Int(int) => Some(i128::from(*int)),
            Repr::Text(text) => text.parse().ok().filter(|_| &**text != "-0"),
        }
    }

    /// The nearest float; infinite where it is out of range.
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            Repr::Int(int) => *int as f64,
            Repr::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// The exact value; `None` where the exponent has more than six digits, which would need more
    /// memory than the comparison is worth.
    pub fn decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Repr::Int(int) => Some(Decimal::from(i128::from(*int))),
            Repr::Text(text) => Decimal::parse(text),
        }
    }

    /// Whether both have the same mathematical value.
    pub fn same(&self, other: &Self) -> bool {
        self == other
            || match (self.decimal(), other.decimal()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            }
    }

    /// Whether the value is an integer, however it is written (`1.0` is one since draft 6).
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Int(_) => true,
            Repr::Text(_) => self.decimal().is_some_and(|decimal| decimal.is_integer()),
        }
    }
}

impl From<i128> for Number {
    fn from(int: i128) -> Self {
        Self(match i64::try_from(int) {
            Ok(int) => Repr::Int(int),
            Err(_) => Repr::Text(int.to_string().into()),
        })
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Self {
        Self(Repr::Int(int))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(int) => write!(f, "{int}"),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Whether `text` is a number of RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || whole > 1 && rest.starts_with('0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

/// An exact decimal: `digits × 10^exponent`, without trailing zeros, so that equal values are equal
/// in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: BigInt,
    exponent: i64,
}

impl Decimal {
    /// Reads a JSON number exactly; `None` where it is none or its exponent is beyond ±999,999.
    pub fn parse(text: &str) -> Option<Self> {
        if !is_number(text) {
            return None;
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().ok().filter(|e: &i64| e.abs() < 1_000_000)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
        Some(Self::new(digits, exponent - fraction.len() as i64))
    }

    /// `digits × 10^exponent`.
    pub fn new(mut digits: BigInt, mut exponent: i64) -> Self {
        if digits.is_zero() {
            return Self { digits, exponent: 0 };
        }
        let ten = BigInt::from(10);
        loop {
            let (quotient, rest) = digits.div_rem(&ten);
            if !rest.is_zero() {
                return Self { digits, exponent };
            }
            digits = quotient;
            exponent += 1;
        }
    }

    /// Whether it is an integer.
    pub fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The integer, where it is one that fits.
    pub fn as_i128(&self) -> Option<i128> {
        if !(0..40).contains(&self.exponent) {
            return None;
        }
        (&self.digits * BigInt::from(10).pow(self.exponent as u32)).to_i128()
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.digits.is_negative()
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_zero()
    }

    /// The greatest integer at or below it that fits; saturates at the ends of `i128`.
    pub fn floor(&self) -> i128 {
        self.rounded(BigInt::div_floor)
    }

    /// The least integer at or above it that fits; saturates at the ends of `i128`.
    pub fn ceil(&self) -> i128 {
        self.rounded(|digits, scale| -(-digits).div_floor(scale))
    }

    fn rounded(&self, divide: impl Fn(&BigInt, &BigInt) -> BigInt) -> i128 {
        let huge = if self.is_negative() { i128::MIN } else { i128::MAX };
        if self.exponent > 40 {
            return huge;
        }
        let scale = BigInt::from(10).pow(self.exponent.unsigned_abs().min(100_000) as u32);
        let rounded =
            if self.exponent >= 0 { &self.digits * scale } else { divide(&self.digits, &scale) };
        rounded.to_i128().unwrap_or(huge)
    }

    /// Whether it is a whole multiple of `step`; a step of zero divides nothing.
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        if step.is_zero() {
            return false;
        }
        let (a, b) = self.aligned(step);
        (a % b).is_zero()
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let (a, b) = self.aligned(other);
        Self::new(a + b, self.exponent.min(other.exponent))
    }

    /// `self - other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let (a, b) = self.aligned(other);
        Self::new(a - b, self.exponent.min(other.exponent))
    }

    /// `self × factor`.
    #[must_use]
    pub fn times(&self, factor: i128) -> Self {
        Self::new(&self.digits * factor, self.exponent)
    }

    /// `⌊self ÷ step⌋`, where it fits; `None` for a step of zero.
    pub fn quotient_floor(&self, step: &Self) -> Option<i128> {
        if step.is_zero() {
            return None;
        }
        let (a, b) = self.aligned(step);
        a.div_floor(&b).to_i128()
    }

    /// The least positive value that is a multiple of both; `None` where one is zero.
    pub fn least_common_multiple(&self, other: &Self) -> Option<Self> {
        if self.is_zero() || other.is_zero() {
            return None;
        }
        let (a, b) = self.aligned(other);
        Some(Self::new(a.lcm(&b), self.exponent.min(other.exponent)))
    }

    /// Shortest plain lexeme; the exponent form beyond 30 digits.
    pub fn to_number(&self) -> Number {
        let digits = self.digits.to_string();
        let (sign, digits) = digits.strip_prefix('-').map_or(("", &*digits), |rest| ("-", rest));
        let text = if self.exponent > 30 || self.exponent < -60 {
            format!("{sign}{digits}e{}", self.exponent)
        } else if self.exponent >= 0 {
            format!("{sign}{digits}{}", "0".repeat(self.exponent as usize))
        } else {
            let places = self.exponent.unsigned_abs() as usize;
            let padded = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at(padded.len() - places);
            format!("{sign}{whole}.{fraction}")
        };
        Number::parse(&text).unwrap_or_else(|| Number::from(0_i64))
    }

    /// Both mantissas at the smaller of the two exponents.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt) {
        let low = self.exponent.min(other.exponent);
        let raise = |d: &Self| &d.digits * BigInt::from(10).pow((d.exponent - low) as u32);
        (raise(self), raise(other))
    }
}

impl From<i128> for Decimal {
    fn from(int: i128) -> Self {
        Self::new(BigInt::from(int), 0)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // Far apart exponents are decided by magnitude alone, without building the long integers.
        let magnitude = |d: &Self| d.exponent + d.digits.magnitude().to_string().len() as i64;
        if (self.exponent - other.exponent).abs() > 400 {
            let signs = (self.digits.signum(), other.digits.signum());
            if signs.0 != signs.1 || self.is_zero() {
                return signs.0.cmp(&signs.1);
            }
            let by_size = magnitude(self).cmp(&magnitude(other));
            if by_size != Ordering::Equal {
                return if self.is_negative() { by_size.reverse() } else { by_size };
            }
        }
        let (a, b) = self.aligned(other);
        a.cmp(&b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn lexemes_are_kept() {
        for text in ["0", "-0", "1.0", "1e400", "9223372036854775808", "1E+2", "0.10"] {
            assert_eq!(Number::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "-", "01", "1.", ".5", "1e", "+1", "NaN", "0x1", "1 "] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn values_compare_exactly() {
        assert!(Number::parse("1.0").unwrap().same(&Number::parse("1e0").unwrap()));
        assert!(decimal("1e400") > decimal("1e399"));
        assert!(decimal("-1e400") < decimal("0.1"));
        assert!(decimal("0.30000000000000000001") > decimal("0.3"));
        assert!(decimal("0.3").is_multiple_of(&decimal("0.1")));
        assert!(!decimal("1e400").is_multiple_of(&decimal("7")));
    }

    #[test]
    fn rounding_goes_down_and_up() {
        assert_eq!((decimal("-1.5").floor(), decimal("-1.5").ceil()), (-2, -1));
        assert_eq!((decimal("1.5").floor(), decimal("1.5").ceil()), (1, 2));
        assert_eq!(decimal("1e90").floor(), i128::MAX);
    }

    #[test]
    fn decimals_print_plainly() {
        for (text, plain) in
            [("1.50", "1.5"), ("1e3", "1000"), ("-0.01", "-0.01"), ("1e-3", "0.001")]
        {
            assert_eq!(decimal(text).to_number().to_string(), plain);
        }
    }
}
