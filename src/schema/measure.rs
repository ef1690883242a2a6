//! What texts of a format measure, and bounds of that: `formatMinimum`, `formatMaximum` and their exclusive kin, as
//! ajv-formats has them (<https://ajv.js.org/packages/ajv-formats.html#keywords-to-compare-values-formatmaximum-formatminimum-and-formatexclusivemaximum-formatexclusiveminimum>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::instant;
use crate::value::{Number, Object, Value, calendar};

const NANOS: i128 = 1_000_000_000;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// The first and the last day there is: from 0001-01-01 to 9999-12-31, counted from 1970-01-01.
const DAYS: (i64, i64) = (-719_162, 2_932_896);

/// No more octets are counted: no message has room for them.
const MOST_OCTETS: i128 = 1 << 20;

/// What texts of a format measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// `date-time`: an instant, in nanoseconds since 1970; a leap second is the one after it.
    Moment,
    /// `google-duration`, as protobuf writes a Duration in JSON (`-1.5s`): a span of time, in nanoseconds.
    Span,
    /// `byte`: octets in base64, their number.
    Octets,
}

/// What texts may measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What it is.
    pub measure: Measure,
    /// The least, and whether that itself is excluded.
    pub min: Option<(i128, bool)>,
    /// The greatest, and whether that itself is excluded.
    pub max: Option<(i128, bool)>,
}

const FORMATS: [(Measure, &str); 3] =
    [(Measure::Moment, "date-time"), (Measure::Span, "google-duration"), (Measure::Octets, "byte")];

/// A keyword that bounds what a text measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its name.
    pub name: &'static str,
    /// Whether it bounds from above.
    pub is_upper: bool,
    /// Whether the bound itself is excluded.
    pub is_exclusive: bool,
    /// The name of the keyword that holds where this one is broken.
    pub opposite: &'static str,
}

/// All of them.
pub const BOUNDS: [Bound; 4] = [
    Bound::of("formatMinimum", (false, false), "formatExclusiveMaximum"),
    Bound::of("formatMaximum", (true, false), "formatExclusiveMinimum"),
    Bound::of("formatExclusiveMinimum", (false, true), "formatMaximum"),
    Bound::of("formatExclusiveMaximum", (true, true), "formatMinimum"),
];

impl Bound {
    const fn of(
        name: &'static str,
        (is_upper, is_exclusive): (bool, bool),
        opposite: &'static str,
    ) -> Self {
        Self { name, is_upper, is_exclusive, opposite }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        BOUNDS.into_iter().find(|bound| bound.name == name)
    }

    /// Whether what measures so much is within a bound.
    pub fn admits(self, own: i128, limit: i128) -> bool {
        match (self.is_upper, self.is_exclusive) {
            (false, false) => own >= limit,
            (false, true) => own > limit,
            (true, false) => own <= limit,
            (true, true) => own < limit,
        }
    }
}

impl Measure {
    /// What texts of the format of this name measure, where that is known.
    pub fn of(format: &str) -> Option<Self> {
        FORMATS.iter().find(|(_, name)| *name == format).map(|(own, _)| *own)
    }

    /// The name of the format.
    pub fn format(self) -> &'static str {
        FORMATS.iter().find(|(own, _)| *own == self).map_or("", |(_, name)| name)
    }

    /// How much a text measures; `None` for one that has not the format.
    pub fn point(self, text: &str) -> Option<i128> {
        match self {
            Self::Moment => instant(text),
            Self::Span => span(text),
            Self::Octets => STANDARD.decode(text).ok().map(|octets| octets.len() as i128),
        }
    }

    /// What a bound in a schema says: a text of the format, or, of octets, their number.
    pub fn limit(self, bound: &Value) -> Option<i128> {
        match (self, bound) {
            (Self::Octets, Value::Number(number)) => Number::as_i128(number),
            (Self::Octets, _) => None,
            (_, bound) => self.point(bound.as_str()?),
        }
    }

    /// The same, as a schema has it.
    pub fn bound(self, limit: i128) -> Option<Value> {
        match self {
            Self::Octets => Some(Value::int(limit)),
            _ => self.text(limit).map(Value::text),
        }
    }

    /// The plainest text that measures so much; `None` where there is none, or nothing has room for it.
    pub fn text(self, point: i128) -> Option<String> {
        let (least, most) = self.ends();
        if !(least..=most).contains(&point) {
            return None;
        }
        Some(match self {
            Self::Moment => written_instant(point),
            Self::Span => {
                let sign = if point < 0 { "-" } else { "" };
                let (seconds, nanos) = (point.abs() / NANOS, point.abs() % NANOS);
                format!("{sign}{seconds}{}s", fraction(nanos))
            }
            Self::Octets => STANDARD.encode(vec![0; usize::try_from(point).ok()?]),
        })
    }

    /// The least and the greatest that there is.
    pub fn ends(self) -> (i128, i128) {
        match self {
            Self::Moment => {
                let first = |day: i64| i128::from(day * DAY) * NANOS;
                (first(DAYS.0), first(DAYS.1 + 1) - 1)
            }
            Self::Span => (-315_576_000_000 * NANOS, 315_576_000_000 * NANOS),
            Self::Octets => (0, MOST_OCTETS),
        }
    }
}

impl Measured {
    /// What keywords say that hold at once with a format; `None` where none of them bounds a measure.
    pub fn read<'v>(schemas: impl Iterator<Item = &'v Object>) -> Option<Self> {
        let mut met: Option<Self> = None;
        for schema in schemas {
            let format = schema.get("format").and_then(Value::as_str);
            let Some(measure) = format.and_then(Measure::of) else { continue };
            for bound in BOUNDS {
                let limit = schema.get(bound.name).and_then(|bound| measure.limit(bound));
                let Some(limit) = limit else { continue };
                let met = met.get_or_insert(Self { measure, min: None, max: None });
                // A text has one format.
                if met.measure == measure {
                    met.meet(bound, limit);
                }
            }
        }
        met
    }

    fn meet(&mut self, bound: Bound, limit: i128) {
        let own = if bound.is_upper { &mut self.max } else { &mut self.min };
        let is_tighter = own.is_none_or(|(known, _)| {
            limit != known && bound.admits(limit, known) || limit == known && bound.is_exclusive
        });
        if is_tighter {
            *own = Some((limit, bound.is_exclusive));
        }
    }

    /// The least and the greatest that is admitted and that there is; `None` where nothing is.
    pub fn range(&self) -> Option<(i128, i128)> {
        let (least, most) = self.measure.ends();
        let min = self.min.map_or(least, |(min, open)| (min + i128::from(open)).max(least));
        let max = self.max.map_or(most, |(max, open)| (max - i128::from(open)).min(most));
        (min <= max).then_some((min, max))
    }
}

/// Nanoseconds behind seconds, without what says nothing.
fn fraction(nanos: i128) -> String {
    if nanos == 0 {
        return String::new();
    }
    format!(".{nanos:09}").trim_end_matches('0').to_owned()
}

/// Nanoseconds that digits behind a point say, nine at most.
fn nanos(digits: &str) -> Option<i128> {
    let is_fraction = (1..=9).contains(&digits.len()) && is_digits(digits);
    is_fraction.then(|| format!("{digits:0<9}").parse().ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|digit| digit.is_ascii_digit())
}

fn span(text: &str) -> Option<i128> {
    let text = text.strip_suffix('s')?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (whole, behind) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let is_number = (1..=12).contains(&whole.len()) && is_digits(whole);
    let seconds: i128 = is_number.then(|| whole.parse().ok()).flatten()?;
    let nanos = behind.map_or(Some(0), nanos)?;
    let point = sign * (seconds * NANOS + nanos);
    let (least, most) = Measure::Span.ends();
    (least..=most).contains(&point).then_some(point)
}

fn written_instant(point: i128) -> String {
    let (seconds, nanos) = (point.div_euclid(NANOS), point.rem_euclid(NANOS));
    let (days, seconds) = (seconds.div_euclid(DAY.into()), seconds.rem_euclid(DAY.into()));
    let (year, month, day) = calendar::civil(days as i64);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let nanos = fraction(nanos);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{nanos}Z")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::read;

    #[test]
    fn texts_measure_what_they_say() {
        for (measure, text, point) in [
            (Measure::Span, "0s", Some(0)),
            (Measure::Span, "-1.5s", Some(-1_500_000_000)),
            (Measure::Span, "0.000000001s", Some(1)),
            (Measure::Span, "315576000000s", Some(Measure::Span.ends().1)),
            (Measure::Span, "315576000000.1s", None),
            (Measure::Span, "1", None),
            (Measure::Span, "1.s", None),
            (Measure::Span, "+1s", None),
            (Measure::Moment, "1970-01-01T00:00:00Z", Some(0)),
            (Measure::Moment, "1970-01-01t01:00:00.5+01:00", Some(500_000_000)),
            (Measure::Moment, "1969-12-31T15:59:60-08:00", Some(0)),
            (Measure::Moment, "0001-01-01T00:00:00Z", Some(Measure::Moment.ends().0)),
            (Measure::Moment, "9999-12-31T23:59:59.999999999Z", Some(Measure::Moment.ends().1)),
            (Measure::Moment, "1970-01-01", None),
            (Measure::Octets, "AAECAwQF", Some(6)),
            (Measure::Octets, "AA==", Some(1)),
            (Measure::Octets, "A", None),
        ] {
            assert_eq!(measure.point(text), point, "{text}");
        }
    }

    #[test]
    fn the_tightest_bounds_hold() {
        let schemas = [
            r#"{"format":"google-duration","formatMinimum":"1s","formatExclusiveMaximum":"9s"}"#,
            r#"{"format":"google-duration","formatExclusiveMinimum":"1s","formatMaximum":"10s"}"#,
            r#"{"format":"byte","formatMinimum":1}"#,
            r#"{"formatMinimum":"5s"}"#,
        ];
        let schemas = schemas.map(|schema| match read::json(schema.as_bytes()).unwrap() {
            Value::Object(schema) => schema,
            _ => unreachable!(),
        });
        let met = Measured::read(schemas.iter()).unwrap();
        assert_eq!((met.min, met.max), (Some((NANOS, true)), Some((9 * NANOS, true))));
        assert_eq!(met.range(), Some((NANOS + 1, 9 * NANOS - 1)));
        assert_eq!(Measured::read(schemas[3..].iter()), None);
    }

    proptest! {
        #[test]
        fn each_point_has_a_text(measure in 0..3_usize, at in 0.0..=1.0_f64) {
            let measure = [Measure::Moment, Measure::Span, Measure::Octets][measure];
            let (least, most) = measure.ends();
            let point = least + ((most - least) as f64 * at) as i128;
            let text = measure.text(point.min(most)).unwrap();
            prop_assert_eq!(measure.point(&text), Some(point.min(most)));
            let bound = measure.bound(point.min(most)).unwrap();
            prop_assert_eq!(measure.limit(&bound), Some(point.min(most)));
        }
    }
}
