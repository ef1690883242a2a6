//! From the parts of a regular expression to the text that `fancy-regex` reads.
//!
//! Everything is spelt out (classes as ranges of code points, groups explicit), so that no dialect
//! of the engine can read it otherwise.

use std::fmt::Write as _;

use super::parse::Ast;
use super::{Class, STAND_IN};

/// The text of `ast` for the engine; lone surrogates are their stand-ins, bounds of repeats beyond
/// `most` are left out.
pub(super) fn render(ast: &Ast, most: u32) -> String {
    let mut text = String::new();
    write(ast, most, &mut text);
    text
}

fn write(ast: &Ast, most: u32, text: &mut String) {
    match ast {
        Ast::Empty => text.push_str("(?:)"),
        Ast::Class(class) => write_class(class, text),
        Ast::Start => text.push_str("\\A"),
        Ast::End => text.push_str("\\z"),
        // `\w` of ECMA-262 is ASCII; the engine's own `\b` goes by Unicode.
        Ast::Boundary(at) => {
            let word = "[0-9A-Z_a-z]";
            let _ = if *at {
                write!(text, "(?:(?<={word})(?!{word})|(?<!{word})(?={word}))")
            } else {
                write!(text, "(?:(?<={word})(?={word})|(?<!{word})(?!{word}))")
            };
        }
        Ast::Concat(parts) => {
            for part in parts {
                match part {
                    Ast::Alternate(_) => in_group("(?:", part, most, text),
                    _ => write(part, most, text),
                }
            }
        }
        Ast::Alternate(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    text.push('|');
                }
                write(branch, most, text);
            }
        }
        Ast::Repeat { ast, min, max, lazy } => {
            in_group("(?:", ast, most, text);
            let _ = match (*(min.min(&most)), max.filter(|max| *max <= most)) {
                (0, None) => write!(text, "*"),
                (1, None) => write!(text, "+"),
                (0, Some(1)) => write!(text, "?"),
                (min, None) => write!(text, "{{{min},}}"),
                (min, Some(max)) => write!(text, "{{{min},{max}}}"),
            };
            if *lazy {
                text.push('?');
            }
        }
        Ast::Group(_, ast) => in_group("(", ast, most, text),
        Ast::Atomic(ast) => in_group("(?>", ast, most, text),
        Ast::Backreference(number) => {
            let _ = write!(text, "(?:\\{number})");
        }
        Ast::Look { ahead, positive, ast } => {
            let open = match (ahead, positive) {
                (true, true) => "(?=",
                (true, false) => "(?!",
                (false, true) => "(?<=",
                (false, false) => "(?<!",
            };
            in_group(open, ast, most, text);
        }
    }
}

fn in_group(open: &str, ast: &Ast, most: u32, text: &mut String) {
    text.push_str(open);
    write(ast, most, text);
    text.push(')');
}

fn write_class(class: &Class, text: &mut String) {
    if let Some(point) = class.single() {
        let _ = write!(text, "\\x{{{:X}}}", stand_in(point));
        return;
    }
    let surrogates = class
        .ranges()
        .iter()
        .map(|(low, high)| ((*low).max(0xD800), (*high).min(0xDFFF)))
        .filter(|(low, high)| low <= high)
        .map(|(low, high)| (stand_in(low), stand_in(high)));
    let mut ranges = class.scalar_ranges().chain(surrogates).peekable();
    if ranges.peek().is_none() {
        // The engine has no empty class.
        text.push_str("(?:[^\\x{0}-\\x{10FFFF}])");
        return;
    }
    text.push('[');
    for (low, high) in ranges {
        let _ = write!(text, "\\x{{{low:X}}}-\\x{{{high:X}}}");
    }
    text.push(']');
}

fn stand_in(point: u32) -> u32 {
    if (0xD800..=0xDFFF).contains(&point) { point - 0xD800 + STAND_IN } else { point }
}
