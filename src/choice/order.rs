//! Which of two choice sequences is simpler: shortlex.
//!
//! Fewer choices first; then the first choice that differs decides by its own index: integers
//! outward from their simplest value, texts by length and then by [`rank`], durations by the grid.

use std::cmp::Ordering;
use std::time::Duration;

use super::{Choice, Domain, Node};

/// Compares two sequences of choices.
pub fn cmp_choices(a: &[Node], b: &[Node]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| {
        a.iter().zip(b).map(|(a, b)| cmp_node(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    })
}

/// How simple a code point is: `0-9A-Za-z`, punctuation, other ASCII, controls, the rest of the
/// BMP, astral planes.
pub fn rank(point: u32) -> u32 {
    match point {
        0x30..=0x39 => point - 0x30,
        0x41..=0x5A => 10 + point - 0x41,
        0x61..=0x7A => 36 + point - 0x61,
        0x21..=0x2F => 62 + point - 0x21,
        0x3A..=0x40 => 77 + point - 0x3A,
        0x5B..=0x60 => 84 + point - 0x5B,
        0x7B..=0x7E => 90 + point - 0x7B,
        0x20 => 94,
        0..=0x1F => 95 + point,
        _ => point,
    }
}

/// The code point that is so simple: `unrank(rank(p)) = p`.
pub fn unrank(rank: u32) -> u32 {
    match rank {
        0..=9 => 0x30 + rank,
        10..=35 => 0x41 + rank - 10,
        36..=61 => 0x61 + rank - 36,
        62..=76 => 0x21 + rank - 62,
        77..=83 => 0x3A + rank - 77,
        84..=89 => 0x5B + rank - 84,
        90..=93 => 0x7B + rank - 90,
        94 => 0x20,
        95..=126 => rank - 95,
        _ => rank,
    }
}

/// The grid of durations from simple to less simple: 0, then 1·2·5×10^k µs without end.
pub fn grid() -> impl Iterator<Item = Duration> {
    let steps =
        (0..19).map(|decade| 10_u64.pow(decade)).flat_map(|unit| [unit, 2 * unit, 5 * unit]);
    std::iter::once(0).chain(steps).map(Duration::from_micros)
}

fn cmp_node(a: &Node, b: &Node) -> Ordering {
    let key = |node: &Node| (node.class(), node.index());
    key(a).cmp(&key(b)).then_with(|| match (&a.choice, &b.choice) {
        (Choice::Text(a), Choice::Text(b)) => {
            a.code_points().map(rank).cmp(b.code_points().map(rank))
        }
        (Choice::Bytes(a), Choice::Bytes(b)) => a.cmp(b),
        _ => Ordering::Equal,
    })
}

impl Node {
    /// Whether it is the simplest choice of its domain.
    ///
    /// Every name is; the mark of a raw value is not, since the schema would give something else.
    pub fn is_simplest(&self) -> bool {
        let zeros = match &self.choice {
            Choice::Text(text) => text.code_points().all(|point| rank(point) == 0),
            Choice::Bytes(bytes) => bytes.iter().all(|byte| *byte == 0),
            Choice::Raw(_) | Choice::Extra(_) | Choice::Missing => false,
            _ => true,
        };
        zeros && self.index() == self.domain.least_index()
    }

    /// Kinds of choices in one order, so that sequences of different shape compare, too.
    fn class(&self) -> u8 {
        match &self.choice {
            Choice::Bool(_) => 0,
            Choice::Branch(_) => 1,
            Choice::Int(_) => 2,
            Choice::Float(_) => 3,
            Choice::Text(_) => 4,
            Choice::Bytes(_) => 5,
            Choice::Duration(_) => 6,
            Choice::Reference(_) => 7,
            Choice::Raw(_) => 8,
            Choice::Extra(_) => 9,
            Choice::Name(_) => 10,
            Choice::Missing => 11,
        }
    }

    /// The position of the choice in its domain's order; texts and octets of one length share one.
    pub(super) fn index(&self) -> (u128, u128) {
        match (&self.choice, &self.domain) {
            (Choice::Bool(bool), _) => (u128::from(*bool), 0),
            (Choice::Branch(branch), _) => (u128::from(*branch), 0),
            (Choice::Int(int), Domain::Int { toward, .. }) => (zigzag(*int, *toward), 0),
            (Choice::Int(int), _) => (zigzag(*int, 0), 0),
            (Choice::Float(float), Domain::Float { toward, .. }) => float_index(*float, *toward),
            (Choice::Float(float), _) => float_index(*float, 0.0),
            (Choice::Text(text), _) => (text.len() as u128, 0),
            (Choice::Bytes(bytes), _) => (bytes.len() as u128, 0),
            (Choice::Duration(duration), _) => duration_index(*duration),
            (Choice::Reference(name), Domain::Reference(names)) => {
                (names.iter().position(|n| n == name).unwrap_or(names.len()) as u128, 0)
            }
            (
                Choice::Reference(_)
                | Choice::Name(_)
                | Choice::Raw(_)
                | Choice::Extra(_)
                | Choice::Missing,
                _,
            ) => (0, 0),
        }
    }
}

impl Domain {
    /// The simplest choice; `None` for names and raw values, which have none.
    pub fn simplest(&self) -> Option<Choice> {
        Some(match self {
            Self::Int { toward, .. } => Choice::Int(*toward),
            Self::Float { toward, .. } => Choice::Float(*toward),
            Self::Text { min, .. } => Choice::Text("0".repeat(*min).into()),
            Self::Bytes { min, .. } => Choice::Bytes(vec![0; *min]),
            Self::Bool => Choice::Bool(false),
            Self::Branch(_) => Choice::Branch(0),
            Self::Duration(_) => Choice::Duration(Duration::ZERO),
            Self::Reference(names) => Choice::Reference(names.first()?.clone()),
            Self::Name | Self::Mark => return None,
        })
    }

    /// The index of the simplest choice.
    fn least_index(&self) -> (u128, u128) {
        match self {
            Self::Text { min, .. } | Self::Bytes { min, .. } => (*min as u128, 0),
            _ => (0, 0),
        }
    }
}

/// 0 for `toward`, 1 for one above it, 2 for one below it, and so on.
fn zigzag(int: i128, toward: i128) -> u128 {
    let distance = int.abs_diff(toward);
    if distance == 0 { 0 } else { distance * 2 - u128::from(int > toward) }
}

/// Whole numbers first, by distance; then those with fewer digits, then by distance.
fn float_index(float: f64, toward: f64) -> (u128, u128) {
    let distance = float - toward;
    let order = |f: f64| u128::from(f.abs().to_bits()) * 2 + u128::from(f.is_sign_negative());
    if float.fract() == 0.0 && float.abs() < 1e15 && !(float == 0.0 && float.is_sign_negative()) {
        return (0, if distance == 0.0 { 0 } else { order(distance) });
    }
    (format!("{float:e}").len() as u128, order(distance))
}

/// The grid in order, then everything else.
fn duration_index(duration: Duration) -> (u128, u128) {
    let on_grid = grid().take_while(|step| *step <= duration).enumerate().last();
    match on_grid {
        Some((rank, step)) if step == duration => (0, rank as u128),
        _ => (1, duration.as_micros()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_go_outward_from_the_simplest() {
        let order = [0, 1, -1, 2, -2, 100].map(|int| zigzag(int, 0));
        assert!(order.is_sorted());
    }

    #[test]
    fn characters_go_from_digits_to_astral() {
        let order: Vec<u32> =
            "09AZaz!~ \0\u{7f}é\u{ffff}😀".chars().map(|c| rank(c.into())).collect();
        assert!(order.is_sorted(), "{order:?}");
    }

    #[test]
    fn every_code_point_has_its_own_rank() {
        for point in 0..0x1_0100 {
            assert_eq!(unrank(rank(point)), point);
        }
    }

    #[test]
    fn durations_on_the_grid_come_first() {
        let micros = |n| duration_index(Duration::from_micros(n));
        let order = [0, 1, 2, 5, 10, 500_000, 1_000_000, 3, 499_999].map(micros);
        assert!(order.is_sorted(), "{order:?}");
    }

    #[test]
    fn whole_floats_come_first_then_short_ones() {
        let order = [0.0, 1.0, -1.0, 2.0, 1e14, 0.5, 0.25, 1.0 / 3.0].map(|f| float_index(f, 0.0));
        assert!(order.is_sorted(), "{order:?}");
    }
}
