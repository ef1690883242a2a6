//! Stack frames and SQL statements in answers, by their syntax.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// How much of an answer is searched, in octets.
const SEARCHED: usize = 64 << 10;

/// A stack frame that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The language or runtime.
    pub language: &'static str,
    /// The line, as it stands there.
    pub line: String,
    /// Function and file without directories and line numbers: the same for every build.
    pub place: String,
}

/// An answer's octets as lines a person would see: each text of a JSON body on lines of its own, the
/// escapes of HTML undone.
pub fn readable(body: &[u8]) -> Cow<'_, str> {
    let head = body.get(..body.len().min(SEARCHED)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[' | b'"') => Cow::Owned(texts_of_json(&text)),
        _ if text.contains(['&', '<']) => Cow::Owned(text_of_page(text.into_owned())),
        _ => text,
    }
}

/// Tolerant, so that a body that was cut short can be read as well.
fn texts_of_json(json: &str) -> String {
    let mut lines = String::with_capacity(json.len());
    let mut chars = json.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => lines.push('\n'),
            '\\' => match chars.next() {
                Some('n' | 'r') => lines.push('\n'),
                Some('t') => lines.push('\t'),
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    let point = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                    lines.push(point.unwrap_or('\u{FFFD}'));
                }
                Some(escaped) => lines.push(escaped),
                None => {}
            },
            _ => lines.push(char),
        }
    }
    lines
}

fn text_of_page(mut page: String) -> String {
    for (escape, meaning) in [
        ("<br>", "\n"),
        ("<br/>", "\n"),
        ("<br />", "\n"),
        ("&nbsp;", " "),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        if page.contains(escape) {
            page = page.replace(escape, meaning);
        }
    }
    page
}

/// The frame that tells a fault best: the innermost one that is not of a library; the innermost of all
/// where every one is.
pub fn telling(text: &str) -> Option<Frame> {
    let mut frames: Vec<Frame> = text.lines().filter_map(frame).take(200).collect();
    // Python prints the innermost frame last, all others first.
    if frames.first().is_some_and(|frame| frame.language == "Python") {
        frames.reverse();
    }
    let own = frames.iter().position(|frame| !is_library(&frame.line)).unwrap_or_default();
    (own < frames.len()).then(|| frames.swap_remove(own))
}

/// All frames in a text, in its order.
pub fn all(text: &str) -> impl Iterator<Item = Frame> + '_ {
    text.lines().filter_map(frame)
}

fn is_library(line: &str) -> bool {
    const LIBRARIES: [&str; 18] = [
        "site-packages",
        "dist-packages",
        "/lib/python",
        "node_modules",
        "node:internal",
        "/rustc/",
        "/.cargo/",
        "/usr/local/go/",
        "/usr/lib/go",
        "/go/pkg/mod/",
        "runtime/panic",
        "/vendor/",
        "/gems/",
        " java.",
        " javax.",
        " jdk.",
        " org.springframework.",
        " System.",
    ];
    LIBRARIES.iter().any(|library| line.contains(library)) || line.contains(" Microsoft.")
}

/// The frame in a line, where it has the syntax of one. Each syntax tells the number of a line.
fn frame(line: &str) -> Option<Frame> {
    if line.len() > 2000 || !line.bytes().any(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let line = line.trim();
    let found = |language, place: String| Some(Frame { language, line: line.to_owned(), place });
    if let Some(rest) = line.strip_prefix("at ") {
        if let Some(place) = java(rest) {
            return found("Java", place);
        }
        if let Some(place) = dot_net(rest) {
            return found(".NET", place);
        }
        if let Some(place) = javascript(rest) {
            return found("JavaScript", place);
        }
        if let Some(place) = numbered(rest, ".rs", ":").filter(|_| rest.contains('/')) {
            return found("Rust", place);
        }
    }
    if let Some(place) = python(line) {
        return found("Python", place);
    }
    if let Some(at) = line.find("panicked at ") {
        let rest = &line[at + 12..];
        if let Some(place) = numbered(rest, ".rs", ":") {
            return found("Rust", place);
        }
    }
    if (line.contains(" +0x") || line.starts_with('/'))
        && let Some(place) = numbered(line, ".go", ":").filter(|_| line.contains('/'))
    {
        return found("Go", place);
    }
    if line.starts_with('#')
        && let Some(place) = numbered(line, ".php", "(")
    {
        return found("PHP", place);
    }
    if (line.contains(" on line ") || line.contains(" in /"))
        && let Some(place) = php_message(line)
    {
        return found("PHP", place);
    }
    if let Some(at) = line.find(":in ")
        && let Some(place) = numbered(&line[..at], ".rb", ":")
    {
        let name = line[at + 4..].trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
        return found("Ruby", format!("{name} {place}"));
    }
    None
}

/// `com.shop.Orders.create(Orders.java:42)`
fn java(rest: &str) -> Option<String> {
    let (function, place) = rest.split_once('(')?;
    let place = place.split(')').next()?;
    let (file, line) = place.split_once(':')?;
    let known = [".java", ".kt", ".scala", ".groovy", ".clj"].iter().any(|end| file.ends_with(end));
    let dotted = function.contains('.') && !function.contains(' ');
    (known && dotted && is_number(line)).then(|| format!("{function} {file}"))
}

/// `Shop.Orders.Create(Int32 qty) in /src/Orders.cs:line 42`
fn dot_net(rest: &str) -> Option<String> {
    let (function, place) = rest.split_once(") in ")?;
    let (file, line) = place.split_once(":line ")?;
    let function = function.split('(').next()?;
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| format!("{function} {}", base(file)))
}

/// `create (/srv/orders.js:42:13)` or `/srv/orders.js:42:13`
fn javascript(rest: &str) -> Option<String> {
    let (function, place) = match rest.rsplit_once('(') {
        Some((function, place)) => (function.trim(), place.split(')').next()?),
        None => ("", rest.strip_prefix("async ").unwrap_or(rest)),
    };
    let (place, column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    let known = file.starts_with("node:")
        || [".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"]
            .iter()
            .any(|end| file.ends_with(end));
    (known && is_number(line) && is_number(column.trim()))
        .then(|| format!("{function} {}", base(file)).trim().to_owned())
}

/// `File "/srv/orders.py", line 42, in create`
fn python(line: &str) -> Option<String> {
    let at = line.find("File \"")?;
    let (file, rest) = line[at + 6..].split_once('"')?;
    let rest = rest.strip_prefix(", line ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let function = rest[digits..].strip_prefix(", in ").unwrap_or_default();
    Some(format!("{} {}", function.trim(), base(file)).trim().to_owned())
}

/// `in /var/www/orders.php on line 42`, `in /var/www/orders.php:42`
fn php_message(line: &str) -> Option<String> {
    let at = line.find(".php")?;
    let after = &line[at + 4..];
    let number = after.strip_prefix(" on line ").or_else(|| after.strip_prefix(':'))?;
    let begin = line[..at].rfind([' ', '\t', '>'])? + 1;
    number.bytes().next()?.is_ascii_digit().then(|| base(&line[begin..at + 4]).to_owned())
}

/// A file with this ending, followed by `mark` and a number; gives its name.
fn numbered(text: &str, ending: &str, mark: &str) -> Option<String> {
    let at = text.find(&format!("{ending}{mark}"))?;
    let number = &text[at + ending.len() + mark.len()..];
    if !number.bytes().next()?.is_ascii_digit() {
        return None;
    }
    let begin = text[..at].rfind([' ', '\t', '"', '\'', '(', ',']).map_or(0, |space| space + 1);
    Some(base(&text[begin..at + ending.len()]).to_owned())
}

fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the errors of databases hold, in any case.
static ERRORS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let errors = [
        "[sql:",
        "sql syntax",
        "sqlstate",
        "syntax error",
        "sqlite3.",
        "sqlite_error",
        "psycopg",
        "asyncpg.",
        "pymysql.",
        "org.postgresql.",
        "org.hibernate.",
        "java.sql.",
        "ora-0",
        "constraint failed",
        "unterminated quoted string",
        "pq: ",
    ];
    let builder = AhoCorasick::builder().ascii_case_insensitive(true).build(errors);
    builder.expect("a few short texts fit into an automaton")
});

/// A database's error with the statement that caused it: the statement's begin. Both must be there: a
/// message that merely mentions SQL leaks nothing.
pub fn statement(text: &str) -> Option<&str> {
    if !ERRORS.is_match(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    [("select ", " from "), ("insert into ", ""), ("update ", " set "), ("delete from ", " where ")]
        .iter()
        .filter_map(|(begin, then)| {
            let at = lower.find(begin)?;
            let rest = &lower[at + begin.len()..];
            let follows = if then.is_empty() {
                rest.contains(" values") || rest.contains('(')
            } else {
                rest.contains(then)
            };
            follows.then_some(at)
        })
        .min()
        .map(|at| {
            let line = text[at..].lines().next().unwrap_or_default();
            line.char_indices().nth(120).map_or(line, |(end, _)| &line[..end])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_each_language_are_known() {
        for (line, language, place) in [
            (
                "\tat com.shop.Orders.create(Orders.java:42)",
                "Java",
                "com.shop.Orders.create Orders.java",
            ),
            ("  File \"/srv/app/orders.py\", line 42, in create", "Python", "create orders.py"),
            ("\t/srv/shop/orders.go:42 +0x1d", "Go", "orders.go"),
            ("    at create (/srv/orders.js:42:13)", "JavaScript", "create orders.js"),
            ("    at /srv/orders.ts:42:13", "JavaScript", "orders.ts"),
            ("thread 'main' panicked at src/orders.rs:42:9:", "Rust", "orders.rs"),
            ("             at ./src/orders.rs:42:9", "Rust", "orders.rs"),
            (
                "   at Shop.Orders.Create(Int32 qty) in C:\\src\\Orders.cs:line 42",
                ".NET",
                "Shop.Orders.Create Orders.cs",
            ),
            ("#0 /var/www/orders.php(42): create()", "PHP", "orders.php"),
            ("PHP Fatal error: boom in /var/www/orders.php on line 42", "PHP", "orders.php"),
            ("/srv/orders.rb:42:in `create'", "Ruby", "create orders.rb"),
        ] {
            let found = frame(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.language, found.place.as_str()), (language, place), "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_a_frame_is_none() {
        for line in [
            "at noon (see help.html:12)",
            "error at line 42",
            "meet me at cafe.example:80",
            "File \"report.pdf\" is too large",
            "#1 in the charts",
            "see main.go for details",
            "docs at https://example.com/a.js",
            "column 5:in progress",
            "Exception in thread main",
            "at least 1 (one) is needed",
        ] {
            assert_eq!(frame(line), None, "{line}");
        }
    }

    #[test]
    fn the_frame_that_tells_most_is_the_services_own_innermost() {
        let python = "Traceback (most recent call last):\n  File \"/srv/app.py\", line 1, in main\n  \
                      File \"/srv/orders.py\", line 2, in create\n  File \
                      \"/x/site-packages/db.py\", line 3, in run";
        assert_eq!(telling(python).map(|f| f.place).as_deref(), Some("create orders.py"));
        let java = "at java.util.List.get(List.java:1)\nat shop.Orders.add(Orders.java:2)\nat \
                    shop.Main.main(Main.java:3)";
        assert_eq!(telling(java).map(|f| f.place).as_deref(), Some("shop.Orders.add Orders.java"));
    }

    #[test]
    fn escapes_of_json_and_html_are_undone() {
        let json = br#"{"trace":"Traceback:\n  File \"/srv/orders.py\", line 42, in create\n"}"#;
        assert!(telling(&readable(json)).is_some());
        let list =
            br#"{"trace":["at shop.Orders.add(Orders.java:2)","at shop.Main.main(Main.java:3)"]}"#;
        assert_eq!(all(&readable(list)).count(), 2);
        let html = b"<pre>Error: x<br> &nbsp; &nbsp;at create (/srv/orders.js:42:13)<br></pre>";
        assert!(telling(&readable(html)).is_some());
    }

    #[test]
    fn a_statement_counts_only_in_a_database_error() {
        let leak = "(sqlite3.OperationalError) too many variables [SQL: SELECT id FROM orders WHERE x = ?]";
        assert_eq!(statement(leak), Some("SELECT id FROM orders WHERE x = ?]"));
        for harmless in [
            "please select one from the list",
            "syntax error in your query at position 3",
            "SELECT a plan FROM our offers",
        ] {
            assert_eq!(statement(harmless), None, "{harmless}");
        }
    }
}
