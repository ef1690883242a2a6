//! From the text of a regular expression to its parts.
//!
//! The grammar is ECMA-262's (section 22.2) over code points, with the tolerance of its Annex B
//! (`[\w-.]`, `\-`, a lone `{`), since JSON Schema asks for that dialect and documents are sloppy
//! about it. Beyond it, what other engines share without contradiction is read as they mean it:
//! `\A`, `\z`, `\Z`, possessive repeats, atomic groups, `(?i)`, `\x{…}`.

mod escape;

use super::{Class, Error};

/// A regular expression, as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ast {
    /// The empty text.
    Empty,
    /// One code point.
    Class(Class),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`, or `\B` for `false`.
    Boundary(bool),
    /// One after the other.
    Concat(Vec<Ast>),
    /// One of them.
    Alternate(Vec<Ast>),
    /// `{min,max}`; without `max` as often as one likes.
    Repeat { ast: Box<Ast>, min: u32, max: Option<u32>, lazy: bool },
    /// A capturing group, numbered from 1.
    Group(u32, Box<Ast>),
    /// `(?=…)` and its kin.
    Look { ahead: bool, positive: bool, ast: Box<Ast> },
    /// What is matched is not given back: possessive repeats, `(?>…)`.
    Atomic(Box<Ast>),
    /// What the group of this number matched.
    Backreference(u32),
}

/// Groups inside groups beyond this are refused, so that reading cannot exhaust the stack.
const DEEPEST: usize = 100;

/// Repeats beyond this are taken for no upper bound.
const MOST_REPEATS: u32 = 1_000_000;

/// Reads a regular expression; also tells whether it keeps to ECMA-262 and its Annex B.
pub(super) fn parse(pattern: &str) -> Result<(Ast, bool), Error> {
    let chars: Vec<char> = pattern.chars().collect();
    let groups = group_names(&chars);
    let mut parser = Parser {
        chars,
        at: 0,
        groups,
        opened: 0,
        depth: 0,
        ignore_case: false,
        dot_all: false,
        native: true,
    };
    let ast = parser.alternation()?;
    if parser.at < parser.chars.len() {
        return Err(parser.error("unmatched `)`"));
    }
    Ok((ast, parser.native))
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    /// The names of all capturing groups, in order; `None` where a group has none.
    groups: Vec<Option<String>>,
    opened: u32,
    depth: usize,
    ignore_case: bool,
    dot_all: bool,
    /// Nothing of another dialect stood in it so far.
    native: bool,
}

/// The capturing groups of a pattern: needed before parsing, as `\2` may stand before group 2.
fn group_names(chars: &[char]) -> Vec<Option<String>> {
    let mut names = Vec::new();
    let (mut at, mut in_class) = (0, false);
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                let rest: String = chars[at + 1..].iter().take(80).collect();
                if let Some(name) = name_of_group(&rest) {
                    names.push(Some(name.to_owned()));
                } else if !rest.starts_with('?') {
                    names.push(None);
                }
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// The name in `?<name>` or `?P<name>`.
fn name_of_group(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix("?<").or_else(|| rest.strip_prefix("?P<"))?;
    if rest.starts_with(['=', '!']) {
        return None;
    }
    rest.split_once('>').map(|(name, _)| name)
}

impl Parser {
    fn error(&self, what: &str) -> Error {
        Error { at: self.at, what: what.to_owned() }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let width = text.chars().count();
        let here = self.chars[self.at..].iter().copied().take(width).eq(text.chars());
        if here {
            self.at += width;
        }
        here
    }

    fn alternation(&mut self) -> Result<Ast, Error> {
        let mut branches = vec![self.concatenation()?];
        while self.eat("|") {
            branches.push(self.concatenation()?);
        }
        Ok(if branches.len() == 1 { branches.remove(0) } else { Ast::Alternate(branches) })
    }

    fn concatenation(&mut self) -> Result<Ast, Error> {
        let mut parts = Vec::new();
        while let Some(next) = self.peek() {
            if next == '|' || next == ')' {
                break;
            }
            let Some(atom) = self.atom()? else { continue };
            parts.push(self.repeated(atom)?);
        }
        Ok(match parts.len() {
            0 => Ast::Empty,
            1 => parts.remove(0),
            _ => Ast::Concat(parts),
        })
    }

    /// The atom that stands here; `None` where flags stood instead of one.
    fn atom(&mut self) -> Result<Option<Ast>, Error> {
        let Some(next) = self.peek() else { return Ok(Some(Ast::Empty)) };
        self.at += 1;
        Ok(Some(match next {
            '^' => Ast::Start,
            '$' => Ast::End,
            '.' => Ast::Class(if self.dot_all { Class::any() } else { Class::dot() }),
            '(' => return self.group(),
            '[' => Ast::Class(self.class()?),
            '\\' => self.escape()?,
            '*' | '+' | '?' => {
                self.at -= 1;
                return Err(self.error("nothing to repeat"));
            }
            '{' if self.braces().is_some() => return Err(self.error("nothing to repeat")),
            other => self.literal(other.into()),
        }))
    }

    fn literal(&self, point: u32) -> Ast {
        Ast::Class(self.folded(Class::of(point)))
    }

    fn folded(&self, class: Class) -> Class {
        if self.ignore_case { class.case_folded() } else { class }
    }

    fn group(&mut self) -> Result<Option<Ast>, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("groups lie too deep"));
        }
        let flags = (self.ignore_case, self.dot_all);
        let wrap: Box<dyn FnOnce(Box<Ast>) -> Ast> = if self.eat("?=") {
            Box::new(|ast| Ast::Look { ahead: true, positive: true, ast })
        } else if self.eat("?!") {
            Box::new(|ast| Ast::Look { ahead: true, positive: false, ast })
        } else if self.eat("?<=") {
            Box::new(|ast| Ast::Look { ahead: false, positive: true, ast })
        } else if self.eat("?<!") {
            Box::new(|ast| Ast::Look { ahead: false, positive: false, ast })
        } else if self.eat("?>") {
            self.native = false;
            Box::new(Ast::Atomic)
        } else if self.eat("?<") || self.eat("?P<") {
            self.native &= self.chars[self.at - 2] == '?';
            while self.peek().is_some_and(|c| c != '>') {
                self.at += 1;
            }
            if !self.eat(">") {
                return Err(self.error("a group's name has no end"));
            }
            self.opened += 1;
            let number = self.opened;
            Box::new(move |ast| Ast::Group(number, ast))
        } else if self.eat("?") {
            if !self.flags()? {
                self.native = false;
                self.depth -= 1;
                return Ok(None);
            }
            Box::new(|ast| *ast)
        } else {
            self.opened += 1;
            let number = self.opened;
            Box::new(move |ast| Ast::Group(number, ast))
        };
        let inner = self.alternation()?;
        if !self.eat(")") {
            return Err(self.error("a group has no end"));
        }
        (self.ignore_case, self.dot_all) = flags;
        self.depth -= 1;
        Ok(Some(wrap(Box::new(inner))))
    }

    /// Reads `i-s:` or `i)`; whether a group follows.
    fn flags(&mut self) -> Result<bool, Error> {
        let mut on = true;
        while let Some(flag) = self.peek() {
            self.at += 1;
            match flag {
                ':' => return Ok(true),
                ')' => return Ok(false),
                '-' => on = false,
                'i' => self.ignore_case = on,
                's' => self.dot_all = on,
                'u' => {}
                _ => return Err(self.error("unknown flag of a group")),
            }
        }
        Err(self.error("a group has no end"))
    }

    fn repeated(&mut self, mut atom: Ast) -> Result<Ast, Error> {
        let mut repeats = 0;
        loop {
            let (min, max) = match self.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => {
                    self.at += 1;
                    let braces = self.braces();
                    self.at -= 1;
                    match braces {
                        Some((min, max, width)) => {
                            self.at += width;
                            (min, max)
                        }
                        None => return Ok(atom),
                    }
                }
                _ => return Ok(atom),
            };
            repeats += 1;
            if repeats > 3 {
                return Err(self.error("nothing to repeat"));
            }
            self.at += 1;
            if max.is_some_and(|max| max < min) {
                return Err(self.error("a repeat's bounds are out of order"));
            }
            let lazy = self.eat("?");
            let possessive = !lazy && self.eat("+");
            atom = Ast::Repeat { ast: Box::new(atom), min, max, lazy };
            if possessive {
                self.native = false;
                atom = Ast::Atomic(Box::new(atom));
            }
        }
    }

    /// The bounds of `{n}`, `{n,}` or `{n,m}` after its opening brace, and its width without that
    /// brace; anything else is no repeat but plain text (Annex B).
    fn braces(&self) -> Option<(u32, Option<u32>, usize)> {
        let rest: String = self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
        self.chars.get(self.at + rest.len())?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(MOST_REPEATS).min(MOST_REPEATS))
        };
        let (min, max) = match rest.split_once(',') {
            None => {
                let count = number(&rest)?;
                (count, Some(count))
            }
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        Some((min, max.filter(|max| *max < MOST_REPEATS), rest.len() + 1))
    }
}
