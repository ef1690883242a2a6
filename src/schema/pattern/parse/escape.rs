//! Escapes and classes.

use super::{Ast, Class, Error, Parser};

impl Parser {
    /// What an escape outside a class means; its backslash is read.
    pub(super) fn escape(&mut self) -> Result<Ast, Error> {
        let Some(next) = self.peek() else { return Err(self.error("a lone backslash at the end")) };
        match next {
            'b' | 'B' => {
                self.at += 1;
                Ok(Ast::Boundary(next == 'b'))
            }
            'A' | 'z' | 'Z' => {
                self.at += 1;
                self.native = false;
                Ok(if next == 'A' { Ast::Start } else { Ast::End })
            }
            'k' if self.groups.iter().any(Option::is_some) => {
                self.at += 1;
                let rest: String = self.chars[self.at..].iter().take(80).collect();
                let name = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
                let name =
                    name.map(|(name, _)| name).ok_or_else(|| self.error("`\\k` names no group"))?;
                let number = self.groups.iter().position(|group| group.as_deref() == Some(name));
                let number = number.ok_or_else(|| self.error("`\\k` names no group"))?;
                self.at += name.chars().count() + 2;
                Ok(Ast::Backreference(number as u32 + 1))
            }
            '1'..='9' => {
                let digits: String = self.chars[self.at..]
                    .iter()
                    .take_while(|c| c.is_ascii_digit())
                    .take(4)
                    .collect();
                match digits.parse::<u32>() {
                    Ok(number) if number as usize <= self.groups.len() => {
                        self.at += digits.len();
                        Ok(Ast::Backreference(number))
                    }
                    _ => self.class_escape().map(|class| Ast::Class(self.folded(class))),
                }
            }
            _ => self.class_escape().map(|class| Ast::Class(self.folded(class))),
        }
    }

    /// What an escape that stands for code points means; its backslash is read.
    fn class_escape(&mut self) -> Result<Class, Error> {
        let Some(next) = self.peek() else { return Err(self.error("a lone backslash at the end")) };
        self.at += 1;
        let point = match next {
            'd' => return Ok(Class::digit()),
            'D' => return Ok(Class::digit().negated()),
            'w' => return Ok(Class::word()),
            'W' => return Ok(Class::word().negated()),
            's' => return Ok(Class::space()),
            'S' => return Ok(Class::space().negated()),
            'p' | 'P' => {
                let class = self.property()?;
                return Ok(if next == 'P' { class.negated() } else { class });
            }
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    u32::from(letter) % 32
                }
                _ => return Err(self.error("`\\c` needs a letter")),
            },
            'x' => self.hex(2).ok_or_else(|| self.error("`\\x` needs two hexadecimal digits"))?,
            'u' => self.utf16().ok_or_else(|| self.error("`\\u` needs four hexadecimal digits"))?,
            '0'..='7' => self.octal(next),
            other if other.is_ascii_alphanumeric() => {
                self.at -= 1;
                return Err(self.error(&format!("unknown escape `\\{other}`")));
            }
            other => other.into(),
        };
        Ok(Class::of(point))
    }

    fn property(&mut self) -> Result<Class, Error> {
        let name: String = if self.eat("{") {
            let name: String = self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
            self.at += name.chars().count() + 1;
            name
        } else {
            self.at += 1;
            self.chars.get(self.at - 1).into_iter().collect()
        };
        self.at = self.at.min(self.chars.len());
        Class::property(&name).ok_or_else(|| self.error(&format!("unknown property `{name}`")))
    }

    /// `width` hexadecimal digits, or any number of them in braces.
    fn hex(&mut self, width: usize) -> Option<u32> {
        let braced = self.peek() == Some('{');
        let start = self.at + usize::from(braced);
        let digits: String =
            self.chars[start..].iter().take_while(|c| c.is_ascii_hexdigit()).take(8).collect();
        let digits = if braced { &*digits } else { digits.get(..width)? };
        let end = start + digits.len();
        if braced && self.chars.get(end) != Some(&'}') {
            return None;
        }
        let point = u32::from_str_radix(digits, 16).ok().filter(|point| *point <= 0x10_FFFF)?;
        self.at = end + usize::from(braced);
        Some(point)
    }

    /// What follows `\u`; an escaped surrogate pair is one code point.
    fn utf16(&mut self) -> Option<u32> {
        let high = self.hex(4)?;
        let after = self.at;
        if (0xD800..0xDC00).contains(&high) && self.eat("\\u") {
            match self.hex(4) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    return Some(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                }
                _ => self.at = after,
            }
        }
        Some(high)
    }

    /// Annex B: up to three octal digits, at most 0o377.
    fn octal(&mut self, first: char) -> u32 {
        let mut point = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            match self.peek().and_then(|c| c.to_digit(8)) {
                Some(digit) if point * 8 + digit <= 0o377 => {
                    point = point * 8 + digit;
                    self.at += 1;
                }
                _ => break,
            }
        }
        point
    }

    /// A class, after its opening bracket.
    pub(super) fn class(&mut self) -> Result<Class, Error> {
        let negated = self.eat("^");
        let mut class = Class::default();
        loop {
            match self.peek() {
                None => return Err(self.error("a class has no end")),
                Some(']') => {
                    self.at += 1;
                    break;
                }
                Some(_) => {}
            }
            let low = self.class_atom()?;
            let dash = self.peek() == Some('-')
                && self.chars.get(self.at + 1).is_some_and(|next| *next != ']');
            if !dash {
                class = class.union(&low);
                continue;
            }
            self.at += 1;
            let high = self.class_atom()?;
            match (low.single(), high.single()) {
                (Some(low), Some(high)) if low <= high => {
                    class = class.union(&Class::new([(low, high)]));
                }
                (Some(_), Some(_)) => return Err(self.error("a range of a class is out of order")),
                // Annex B: `[\w-.]` is the two sides and the dash itself.
                _ => class = class.union(&low).union(&high).union(&Class::of('-'.into())),
            }
        }
        let class = self.folded(class);
        Ok(if negated { class.negated() } else { class })
    }

    fn class_atom(&mut self) -> Result<Class, Error> {
        let Some(next) = self.peek() else { return Err(self.error("a class has no end")) };
        self.at += 1;
        match next {
            '\\' if self.eat("b") => Ok(Class::of(0x08)),
            '\\' => self.class_escape(),
            other => Ok(Class::of(other.into())),
        }
    }
}
