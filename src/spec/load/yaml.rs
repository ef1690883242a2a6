//! YAML 1.2 that loses nothing: scalars are taken as they are written (YAML 1.2.2, section 10.2,
//! the JSON schema that OpenAPI prescribes, and from section 10.3 what cannot be mistaken).
//!
//! `NO`, `yes`, `0123` and `1_000` are text; large and exact numbers stay as they are; repeated keys
//! are errors; keys are text (`200`); anchors and `<<` are resolved, within limits.

use std::collections::HashMap;
use std::rc::Rc;

use serde_saphyr::granit_parser::{
    ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StrInput, Tag,
};

use super::Error;
use crate::schema::Lines;
use crate::value::{Number, Object, Text, Value};

/// The most places that aliases may repeat: far above any real document, far below a bomb.
const MAX_REPEATED: usize = 2_000_000;

/// Deepest nesting that is read; a real document has a tenth of it.
const MAX_DEPTH: usize = 256;

const TOO_DEEP: &str = "nested deeper than 256 levels";

/// A value that knows its lines.
#[derive(Debug)]
struct Node {
    line: usize,
    size: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar(Value),
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<(Text, usize, Rc<Node>)>),
}

/// What is wrong, and its line and column.
type Wrong = (String, usize, usize);

/// Reads one YAML document.
pub(super) fn read(address: &str, text: &str) -> Result<(Value, Lines), Error> {
    let mut options = Options::default();
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let events = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { events, anchors: HashMap::new(), depth: 0, repeated: 0 };
    let wrong = |(message, line, column): Wrong| Error::Syntax {
        address: address.to_owned(),
        format: "YAML",
        message,
        line,
        column,
    };
    let Some(node) = reader.document().map_err(wrong)? else {
        return Err(Error::Empty { address: address.to_owned() });
    };
    let mut lines = Lines::default();
    let value = build(&node, node.line, &mut lines);
    Ok((value, lines))
}

fn build(node: &Node, line: usize, lines: &mut Lines) -> Value {
    let begun = lines.begin(line);
    let value = match &node.content {
        Content::Scalar(value) => value.clone(),
        Content::Sequence(items) => {
            Value::Array(items.iter().map(|item| build(item, item.line, lines)).collect())
        }
        Content::Mapping(members) => {
            let mut object = Object::new();
            for (key, line, member) in members {
                object.push(key.clone(), build(member, *line, lines));
            }
            Value::Object(object)
        }
    };
    lines.end(begun);
    value
}

struct Reader<'t> {
    events: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Rc<Node>>,
    depth: usize,
    repeated: usize,
}

impl<'t> Reader<'t> {
    /// The next event that is data.
    fn next(&mut self) -> Result<(Event<'t>, Span), Wrong> {
        loop {
            match self.events.next() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Err(error)) => return Err(scan_error(&error)),
                Some(Ok(event)) if is_data(&event.0) => return Ok(event),
                Some(Ok(_)) => {}
            }
        }
    }

    fn document(&mut self) -> Result<Option<Rc<Node>>, Wrong> {
        let (event, span) = self.next()?;
        if event == Event::StreamEnd {
            return Ok(None);
        }
        let node = self.node(event, span)?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(Some(node)),
            (_, span) => Err(at("a second document begins here; keep one in a file", span)),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Rc<Node>, Wrong> {
        let line = span.start.line();
        let (anchor, content) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, Content::Scalar(scalar(&text, style, tag.as_deref())))
            }
            Event::SequenceStart(_, anchor, _) => (anchor, self.nested(span, Self::sequence)?),
            Event::MappingStart(_, anchor, _) => (anchor, self.nested(span, Self::mapping)?),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(at("an alias stands inside of what it repeats", span));
                };
                self.repeated += node.size;
                if self.repeated > MAX_REPEATED {
                    return Err(at("aliases repeat more than 2,000,000 places", span));
                }
                return Ok(node);
            }
            _ => return Err(at("a value should stand here", span)),
        };
        let size = 1 + match &content {
            Content::Scalar(_) => 0,
            Content::Sequence(items) => items.iter().map(|item| item.size).sum(),
            Content::Mapping(members) => members.iter().map(|(_, _, node)| node.size).sum(),
        };
        let node = Rc::new(Node { line, size, content });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        Ok(node)
    }

    fn nested(
        &mut self,
        span: Span,
        read: fn(&mut Self) -> Result<Content, Wrong>,
    ) -> Result<Content, Wrong> {
        if self.depth == MAX_DEPTH {
            return Err(at(TOO_DEEP, span));
        }
        self.depth += 1;
        let content = read(self)?;
        self.depth -= 1;
        Ok(content)
    }

    fn sequence(&mut self) -> Result<Content, Wrong> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Content::Sequence(items)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Content, Wrong> {
        let mut members: Vec<(Text, usize, Rc<Node>)> = Vec::new();
        let mut seen: HashMap<Text, usize> = HashMap::new();
        let mut merged: Vec<(Rc<Node>, Span)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let line = span.start.line();
            let (key, merge) = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, anchor, tag) => {
                    let merge = text == "<<" && style == ScalarStyle::Plain;
                    if anchor > 0 {
                        let content = Content::Scalar(scalar(&text, style, tag.as_deref()));
                        self.anchors.insert(anchor, Rc::new(Node { line, size: 1, content }));
                    }
                    (Text::from(&*text), merge)
                }
                Event::Alias(anchor) => match self.anchors.get(&anchor).map(|node| &node.content) {
                    Some(Content::Scalar(Value::String(text))) => (text.clone(), false),
                    Some(Content::Scalar(value)) => (Text::from(value.to_string()), false),
                    _ => return Err(at("a key should be text", span)),
                },
                _ => return Err(at("a key should be text", span)),
            };
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span)?;
            if merge {
                merged.push((value, span));
            } else if let Some(first) = seen.insert(key.clone(), line) {
                let message = format!("the key `{}` stands at line {first} already", key.lossy());
                return Err(at(&message, span));
            } else {
                members.push((key, line, value));
            }
        }
        // What stands here counts more than what is merged in, and what is merged first counts more
        // than what follows.
        for (source, span) in merged {
            let sources = match &source.content {
                Content::Mapping(_) => std::slice::from_ref(&source),
                Content::Sequence(sources) => sources,
                Content::Scalar(Value::Null) => &[],
                Content::Scalar(_) => return Err(at("`<<` takes a mapping or several", span)),
            };
            for source in sources {
                let Content::Mapping(more) = &source.content else {
                    return Err(at("`<<` takes a mapping or several", span));
                };
                for (key, line, value) in more {
                    if seen.insert(key.clone(), *line).is_none() {
                        self.repeated += value.size;
                        members.push((key.clone(), *line, Rc::clone(value)));
                    }
                }
            }
            if self.repeated > MAX_REPEATED {
                return Err(at("`<<` repeats more than 2,000,000 places", span));
            }
        }
        Ok(Content::Mapping(members))
    }
}

fn is_data(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Scalar(..)
            | Event::Alias(_)
            | Event::SequenceStart(..)
            | Event::SequenceEnd
            | Event::MappingStart(..)
            | Event::MappingEnd
            | Event::StreamEnd
    )
}

fn at(message: &str, span: Span) -> Wrong {
    (message.to_owned(), span.start.line(), span.start.col() + 1)
}

fn scan_error(error: &ScanError) -> Wrong {
    let marker = error.marker();
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => TOO_DEEP.to_owned(),
        _ => error.info(),
    };
    (message, marker.line(), marker.col() + 1)
}

/// The value of a scalar.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.core_suffix() == Some("str")) {
        return Value::text(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::text(text), Value::Number),
    }
}

/// A number as JSON writes it, or one of YAML's that means the same to everyone: `+1`, `.5`, `1.`,
/// `0x1F`, `0o17`. A leading zero means eight to some and ten to others, so it is text.
fn number(text: &str) -> Option<Number> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    if let Some(number) = Number::parse(text) {
        return Some(number);
    }
    let radix = |digits: &str, radix| {
        let plain = digits.bytes().all(|digit| digit.is_ascii_alphanumeric());
        u128::from_str_radix(digits, radix).ok().filter(|_| plain)
    };
    let int = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => radix(digits, 16),
        (_, Some(digits)) => radix(digits, 8),
        _ => None,
    };
    if let Some(int) = int {
        return Number::parse(&int.to_string());
    }
    let (sign, rest) = match first {
        b'+' => ("", &text[1..]),
        b'-' => ("-", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = rest.split_at(rest.find(['e', 'E']).unwrap_or(rest.len()));
    let mantissa = match mantissa.split_once('.') {
        Some(("", "")) => return None,
        Some(("", fraction)) => format!("0.{fraction}"),
        Some((whole, "")) => format!("{whole}.0"),
        _ => mantissa.to_owned(),
    };
    Number::parse(&format!("{sign}{mantissa}{exponent}"))
}

#[cfg(test)]
mod tests {
    use crate::schema::{Documents, Location};
    use crate::value::Pointer;

    fn value(text: &str) -> String {
        super::read("a.yaml", text).unwrap().0.to_string()
    }

    fn error(text: &str) -> String {
        super::read("a.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn scalars_are_taken_as_they_are_written() {
        insta::assert_snapshot!(value("[NO, yes, on, 010, 1_000, 1:30, 2024-01-01, 1.0.0, .inf, +]"), @r#"["NO","yes","on","010","1_000","1:30","2024-01-01","1.0.0",".inf","+"]"#);
        insta::assert_snapshot!(value("[true, False, null, ~, '', \"1\", !!str 1, ]"), @r#"[true,false,null,null,"","1","1"]"#);
        insta::assert_snapshot!(value("[18446744073709551616, 1.0, -0, 1e400, 0.10000000000000000001]"), @"[18446744073709551616,1.0,-0,1e400,0.10000000000000000001]");
        insta::assert_snapshot!(value("[+1, .5, 1., -.5e3, 0x1F, 0o17, 0x, 0xfg]"), @r#"[1,0.5,1.0,-0.5e3,31,15,"0x","0xfg"]"#);
    }

    #[test]
    fn keys_are_text_whatever_they_look_like() {
        insta::assert_snapshot!(value("200: a\n'404': b\ntrue: c\nNO: d\n1.0: e\n"), @r#"{"200":"a","404":"b","true":"c","NO":"d","1.0":"e"}"#);
    }

    #[test]
    fn anchors_and_merges_are_resolved() {
        insta::assert_snapshot!(
            value("a: &x {k: 1, l: 2}\nb: *x\nc:\n  <<: *x\n  k: 3\nd:\n  <<: [{m: 1}, *x, {m: 2}]\n"),
            @r#"{"a":{"k":1,"l":2},"b":{"k":1,"l":2},"c":{"k":3,"l":2},"d":{"m":1,"k":1,"l":2}}"#
        );
    }

    #[test]
    fn places_have_the_lines_of_their_keys() {
        let text = "# c\nopenapi: 3.0.0\npaths:\n  /a:\n    get: {}\n  /b: &b\n    - x\n    -\n      y: 1\nc: *b\n";
        let (value, lines) = super::read("a.yaml", text).unwrap();
        let mut documents = Documents::new();
        let root = documents.add("a.yaml", value, Some(lines));
        let line = |pointer: &str| {
            documents.line(&Location { pointer: Pointer::parse(pointer).unwrap(), ..root.clone() })
        };
        for (pointer, expected) in [
            ("/openapi", 2),
            ("/paths/~1a/get", 5),
            ("/paths/~1b/0", 7),
            ("/paths/~1b/1/y", 9),
            ("/c", 10),
        ] {
            assert_eq!(line(pointer), Some(expected), "{pointer}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_column() {
        insta::assert_snapshot!(error("a: 1\nb: 2\na: 3\n"), @"`a.yaml` is no YAML: the key `a` stands at line 1 already at line 3 column 1");
        insta::assert_snapshot!(error("a: [1, 2\nb: 3\n"), @"`a.yaml` is no YAML: illegal placement of ':' indicator at line 2 column 2");
        insta::assert_snapshot!(error("a: *nothing\n"), @"`a.yaml` is no YAML: while parsing node, found unknown anchor at line 1 column 4");
        insta::assert_snapshot!(error("a: 1\n---\nb: 2\n"), @"`a.yaml` is no YAML: a second document begins here; keep one in a file at line 3 column 1");
        insta::assert_snapshot!(error("? [a]\n: 1\n"), @"`a.yaml` is no YAML: a key should be text at line 1 column 3");
        insta::assert_snapshot!(error("a: &a [*a]\n"), @"`a.yaml` is no YAML: an alias stands inside of what it repeats at line 1 column 8");
        insta::assert_snapshot!(error("a: {<<: 1}\n"), @"`a.yaml` is no YAML: `<<` takes a mapping or several at line 1 column 5");
        insta::assert_snapshot!(error("# nothing\n"), @"`a.yaml` is empty; it should hold an OpenAPI document in JSON or YAML");
        for deep in ["[".repeat(600), "- ".repeat(600)] {
            let message = error(&deep);
            assert!(message.contains("256 levels"), "{message}");
        }
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut lines = vec!["a0: &a0 [x,x,x,x,x,x,x,x,x,x]".to_owned()];
        for level in 1..12 {
            let below = format!("*a{},", level - 1).repeat(10);
            lines.push(format!("a{level}: &a{level} [{below}]"));
        }
        assert!(error(&lines.join("\n")).contains("2,000,000"));
    }
}
