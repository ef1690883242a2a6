//! What a secret looks like in an encoding, and where it stands in some octets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::value::hex;

/// A secret in one encoding.
#[derive(Clone)]
pub(super) struct Needle {
    /// The number of the secret.
    pub(super) secret: usize,
    /// What is looked for; each may itself be percent-encoded or escaped as in JSON.
    chars: Vec<char>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Hex,
    /// The characters of base64 that the secret alone decides; the one before and the one after
    /// hold some of its bits.
    Base64 {
        before: bool,
        after: bool,
    },
}

impl Needle {
    /// A secret in every encoding.
    pub(super) fn all(secret: usize, text: &str) -> Vec<Self> {
        let hex = hex::write(text.as_bytes());
        let mut needles = vec![
            Self { secret, chars: text.chars().collect(), form: Form::Plain },
            Self { secret, chars: hex.chars().collect(), form: Form::Hex },
        ];
        for lead in 0..3 {
            // Three octets are four characters; where the secret begins within three is not known.
            let octets = [&[0; 2][..lead.min(2)], text.as_bytes()].concat();
            let bits = 8 * octets.len();
            let encoded = STANDARD_NO_PAD.encode(&octets);
            let decided = (8 * lead).div_ceil(6)..bits / 6;
            let form = Form::Base64 { before: lead > 0, after: !bits.is_multiple_of(6) };
            let standard = encoded.get(decided).unwrap_or_default();
            let url_safe = standard.replace('+', "-").replace('/', "_");
            if url_safe != standard {
                needles.push(Self { secret, chars: url_safe.chars().collect(), form });
            }
            needles.push(Self { secret, chars: standard.chars().collect(), form });
        }
        needles
    }

    /// Where it ends, and where it really begins, if it stands at `at`.
    pub(super) fn find(&self, octets: &[u8], at: usize) -> Option<(usize, usize)> {
        // Encodings may be read in more than one way (is `%25` a percent sign or three characters?),
        // so all ways are followed at once.
        let mut ends = vec![at];
        for char in &self.chars {
            let mut next = Vec::new();
            for end in ends {
                for step in self.steps(octets.get(end..)?, *char).into_iter().flatten() {
                    if !next.contains(&(end + step)) {
                        next.push(end + step);
                    }
                }
            }
            if next.is_empty() {
                return None;
            }
            ends = next;
        }
        let (mut begin, mut end) = (at, ends.into_iter().max()?);
        if let Form::Base64 { before, after } = self.form {
            let partial = |at: Option<&u8>| {
                at.is_some_and(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
            };
            if before && partial(begin.checked_sub(1).and_then(|at| octets.get(at))) {
                begin -= 1;
            }
            if after && partial(octets.get(end)) {
                end += 1;
            }
            while octets.get(end) == Some(&b'=') {
                end += 1;
            }
        }
        Some((begin, end))
    }

    /// The lengths of `char` at the begin of `octets`: as it is or percent-encoded, escaped as in
    /// JSON, as a plus sign.
    fn steps(&self, octets: &[u8], char: char) -> [Option<usize>; 3] {
        [
            self.literal(octets, char),
            json_escape(octets, char),
            (self.form == Form::Plain && char == ' ' && octets.first() == Some(&b'+')).then_some(1),
        ]
    }

    /// Octet by octet as it is or percent-encoded.
    fn literal(&self, octets: &[u8], char: char) -> Option<usize> {
        let mut buffer = [0; 4];
        let mut at = 0;
        for byte in char.encode_utf8(&mut buffer).bytes() {
            let same = |other: u8| {
                other == byte || self.form == Form::Hex && other.eq_ignore_ascii_case(&byte)
            };
            if percent(octets.get(at..)?).is_some_and(same) {
                at += 3;
            } else if octets.get(at).copied().is_some_and(same) {
                at += 1;
            } else {
                return None;
            }
        }
        Some(at)
    }

    /// The first two octets it can begin with.
    fn begins(&self) -> Vec<(u8, u8)> {
        let mut pairs = Vec::new();
        let (Some(first), Some(second)) = (self.chars.first(), self.chars.get(1)) else {
            return pairs;
        };
        let mut buffer = [0; 4];
        let bytes = first.encode_utf8(&mut buffer).as_bytes();
        let follows = match bytes.get(1) {
            Some(byte) => vec![*byte, b'%'],
            None => self.single_begins(*second),
        };
        for begin in self.single_begins(*first) {
            match begin {
                b'%' => {
                    let octets = [bytes[0], bytes[0].to_ascii_uppercase()];
                    pairs.extend(octets.iter().flat_map(|octet| {
                        let digits = [format!("{octet:x}"), format!("{octet:X}")];
                        let high =
                            |text: &String| if *octet < 16 { b'0' } else { text.as_bytes()[0] };
                        digits.map(|text| (b'%', high(&text)))
                    }));
                    if *first == '%' {
                        pairs.extend(follows.iter().map(|next| (b'%', *next)));
                    }
                }
                b'\\' => pairs.extend((0..=255).map(|next| (b'\\', next))),
                begin => pairs.extend(follows.iter().map(|next| (begin, *next))),
            }
        }
        pairs
    }

    fn single_begins(&self, char: char) -> Vec<u8> {
        let mut buffer = [0; 4];
        let byte = char.encode_utf8(&mut buffer).as_bytes()[0];
        let mut begins = vec![byte, b'%', b'\\'];
        if self.form == Form::Hex {
            begins.push(byte.to_ascii_uppercase());
        }
        if char == ' ' {
            begins.push(b'+');
        }
        begins
    }
}

/// The octet that `%XX` at the begin stands for.
fn percent(octets: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = octets else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? << 4 | digit(*low)?) as u8)
}

/// The length of an escape of JSON at the begin that stands for `char`.
fn json_escape(octets: &[u8], char: char) -> Option<usize> {
    let [b'\\', kind, ..] = octets else { return None };
    let short = match kind {
        b'"' | b'\\' | b'/' => Some(char::from(*kind)),
        b'b' => Some('\u{8}'),
        b'f' => Some('\u{c}'),
        b'n' => Some('\n'),
        b'r' => Some('\r'),
        b't' => Some('\t'),
        _ => None,
    };
    if short == Some(char) {
        return Some(2);
    }
    let mut units = [0; 2];
    let units = char.encode_utf16(&mut units);
    for (index, unit) in units.iter().enumerate() {
        let escape = octets.get(6 * index..6 * index + 6)?;
        let text = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
        if u16::from_str_radix(text, 16).ok()? != *unit {
            return None;
        }
    }
    Some(6 * units.len())
}

/// A set of pairs of octets: a bit for each.
#[derive(Clone, Default)]
pub(super) struct Pairs(Vec<u64>);

impl Pairs {
    pub(super) fn of(needles: &[Needle]) -> Self {
        if needles.is_empty() {
            return Self::default();
        }
        let mut bits = vec![0; 1024];
        for (first, second) in needles.iter().flat_map(Needle::begins) {
            let index = usize::from(first) << 8 | usize::from(second);
            bits[index / 64] |= 1 << (index % 64);
        }
        Self(bits)
    }

    /// Where the first pair of the set stands, from `from` on.
    pub(super) fn find(&self, octets: &[u8], from: usize) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let found = octets.get(from..)?.windows(2).position(|pair| {
            let index = usize::from(pair[0]) << 8 | usize::from(pair[1]);
            self.0[index / 64] >> (index % 64) & 1 == 1
        });
        found.map(|offset| from + offset)
    }
}
