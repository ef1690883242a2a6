//! Writes data and delimiters in one place of a request, and notices what is lost.

use percent_encoding::{AsciiSet, percent_encode};

use super::{Encoded, Loss, Notation, Unsendable, scalar_text};
use crate::spec::{Location, Style};
use crate::value::{Object, Value};
use crate::wire::percent::DATA;

/// What RFC 3986 reserves and a query or path can hold as data; the delimiters of queries and what
/// would end the component are left out.
const RESERVED_IN_QUERY: &AsciiSet = &DATA
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');
const RESERVED_IN_PATH: &AsciiSet =
    &RESERVED_IN_QUERY.add(b'/').add(b'?').remove(b'&').remove(b'+');

/// What stands between elements: the octet in data, and how the style writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Separator {
    pub(super) octet: u8,
    pub(super) mark: &'static str,
}

pub(super) const COMMA: Separator = Separator { octet: b',', mark: "," };
pub(super) const EQUALS: Separator = Separator { octet: b'=', mark: "=" };

#[derive(Debug)]
pub(super) struct Pen {
    out: Vec<u8>,
    present: bool,
    ink: Ink,
    location: Location,
    loss: Option<Loss>,
    bare: bool,
}

/// How data is escaped.
#[derive(Clone, Copy, Debug)]
enum Ink {
    /// Percent-encoded; with the set for data that may hold reserved characters.
    Percent(Option<&'static AsciiSet>),
    /// As it stands.
    Raw,
}

impl Pen {
    pub(super) fn new(location: Location, notation: &Notation) -> Self {
        let raw = location == Location::Header
            || location == Location::Cookie && notation.style == Style::Cookie;
        let reserved = match location {
            Location::Path => RESERVED_IN_PATH,
            _ => RESERVED_IN_QUERY,
        };
        let ink = if raw { Ink::Raw } else { Ink::Percent(notation.reserved.then_some(reserved)) };
        Self { out: Vec::new(), present: false, ink, location, loss: None, bare: notation.bare }
    }

    /// Whether it writes into a cookie.
    pub(super) fn in_cookie(&self) -> bool {
        self.location == Location::Cookie
    }

    /// Something is written, even where it is empty.
    pub(super) fn present(&mut self) {
        self.present = true;
    }

    /// Notes a loss; the first one is told.
    pub(super) fn lose(&mut self, loss: Loss) {
        self.loss.get_or_insert(loss);
    }

    /// A delimiter, as it stands.
    pub(super) fn mark(&mut self, mark: &str) {
        self.present = true;
        self.out.extend_from_slice(mark.as_bytes());
    }

    /// A name before `=`.
    pub(super) fn name(&mut self, name: &[u8]) {
        self.present = true;
        if name.is_empty() {
            self.lose(Loss::Name);
        }
        match self.ink {
            Ink::Percent(_) => self.out.extend(percent_encode(name, DATA).flat_map(str::bytes)),
            Ink::Raw => {
                if name.iter().any(|octet| b"=;, \t\"".contains(octet)) {
                    self.lose(Loss::Delimiter);
                }
                self.out.extend_from_slice(name);
            }
        }
        self.check_text(name);
        self.check_escaped(name);
    }

    /// Data among the given separators.
    pub(super) fn data(&mut self, data: &[u8], among: &[Separator]) {
        self.present = true;
        self.check_text(data);
        self.check_escaped(data);
        for separator in among {
            let same = match self.ink {
                Ink::Raw => true,
                Ink::Percent(_) => separator.mark.len() != 1 || is_unreserved(separator.octet),
            };
            if same && data.contains(&separator.octet) {
                self.lose(Loss::Delimiter);
            }
        }
        match self.ink {
            Ink::Raw => self.out.extend_from_slice(data),
            Ink::Percent(None) => {
                self.out.extend(percent_encode(data, DATA).flat_map(str::bytes));
            }
            Ink::Percent(Some(set)) => self.reserved(data, set, among),
        }
    }

    /// Data by reserved expansion (RFC 6570, section 3.2.3): percent-encoded triples pass, too.
    fn reserved(&mut self, data: &[u8], set: &'static AsciiSet, among: &[Separator]) {
        let mut rest = data;
        while let Some((octet, tail)) = rest.split_first() {
            if let [b'%', high, low, ..] = rest
                && high.is_ascii_hexdigit()
                && low.is_ascii_hexdigit()
            {
                self.lose(Loss::Triple);
                self.out.extend_from_slice(&rest[..3]);
                rest = &rest[3..];
                continue;
            }
            let delimits = among.iter().any(|separator| separator.octet == *octet);
            let set = if delimits { DATA } else { set };
            self.out.extend(percent_encode(&[*octet], set).flat_map(str::bytes));
            rest = tail;
        }
    }

    /// A scalar among the given separators; anything else as nested.
    pub(super) fn scalar(&mut self, value: &Value, among: &[Separator]) {
        match value {
            Value::Null => self.lose(Loss::Null),
            Value::Array(_) | Value::Object(_) => self.lose(Loss::Nested),
            _ => {}
        }
        self.data(&scalar_text(value), among);
    }

    /// `name=scalar`, or `name` where the empty value is to stand bare.
    pub(super) fn pair(&mut self, name: &[u8], value: &Value) {
        self.name(name);
        let empty = matches!(value, Value::String(text) if text.is_empty());
        if !(self.bare && empty) {
            self.mark("=");
        }
        self.scalar(value, &[]);
    }

    /// Elements one after the other.
    pub(super) fn list(&mut self, items: &[Value], separator: Separator) {
        if items.is_empty() {
            self.lose(Loss::Empty);
        }
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.mark(separator.mark);
            }
            self.element(item, &[separator]);
        }
    }

    /// Names and values of members one after the other.
    pub(super) fn members(&mut self, object: &Object, within: Separator, between: Separator) {
        if object.is_empty() {
            self.lose(Loss::Empty);
        }
        for (index, (name, value)) in object.iter().enumerate() {
            if index > 0 {
                self.mark(between.mark);
            }
            if name.is_empty() {
                self.lose(Loss::Name);
            }
            self.data(name.as_bytes(), &[within, between]);
            self.mark(within.mark);
            self.element(value, &[within, between]);
        }
    }

    fn element(&mut self, value: &Value, among: &[Separator]) {
        let before = self.out.len();
        self.scalar(value, among);
        if self.location == Location::Header && self.out.len() == before {
            self.lose(Loss::Trimmed);
        }
        if let (Location::Header, Some(written)) = (self.location, self.out.get(before..))
            && written.trim_ascii().len() != written.len()
        {
            self.lose(Loss::Trimmed);
        }
    }

    /// The whole query string.
    pub(super) fn whole(&mut self, media_type: &str, octets: &[u8]) {
        if media_type.starts_with("application/x-www-form-urlencoded") {
            self.present = !octets.is_empty();
            self.out.extend_from_slice(octets);
        } else {
            self.data(octets, &[]);
        }
    }

    fn check_text(&mut self, octets: &[u8]) {
        if std::str::from_utf8(octets).is_err() {
            self.lose(Loss::NotText);
        }
    }

    /// What goes out percent-encoded is not what every receiver decodes once, and takes.
    fn check_escaped(&mut self, octets: &[u8]) {
        if let Ink::Raw = self.ink {
            return;
        }
        let any = |test: fn(u8) -> bool| octets.iter().any(|octet| test(*octet));
        if any(|octet| octet == 0)
            || self.location == Location::Path && any(|octet| octet.is_ascii_control())
        {
            self.lose(Loss::Control);
        }
        if self.location == Location::Path && any(|octet| b"%;".contains(&octet)) {
            self.lose(Loss::Ambiguous);
        }
        if self.in_cookie() && any(|octet| !is_unreserved(octet)) {
            self.lose(Loss::Escaped);
        }
    }

    /// What was written.
    pub(super) fn finish(mut self) -> Result<Encoded, Unsendable> {
        if let Ink::Raw = self.ink {
            if self.out.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n')) {
                return Err(Unsendable);
            }
            if self.out.trim_ascii().len() != self.out.len() {
                self.lose(Loss::Trimmed);
            }
            if self.out.iter().any(|octet| !matches!(octet, b'\t' | b' '..=b'~')) {
                self.lose(Loss::Charset);
            }
        }
        if self.location == Location::Path {
            match &self.out[..] {
                b"" => self.lose(Loss::EmptySegment),
                b"." | b".." => self.lose(Loss::DotSegment),
                text if text
                    .windows(3)
                    .any(|w| w.eq_ignore_ascii_case(b"%2F") || w.eq_ignore_ascii_case(b"%5C")) =>
                {
                    self.lose(Loss::Slash);
                }
                _ => {}
            }
        }
        Ok(Encoded { octets: self.present.then_some(self.out), loss: self.loss })
    }
}

fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~".contains(&octet)
}
