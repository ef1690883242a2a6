//! The source of the house as text: files, their modules, and the names they use.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One file below `src/`.
#[derive(Debug)]
pub(super) struct File {
    /// Below `src/`, with `/`: `wire/http1/decode.rs`.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
    /// Without comments and without what is compiled for tests alone; line numbers are kept.
    pub(super) code: String,
    /// Whether all of it is compiled for tests alone.
    pub(super) is_test: bool,
}

/// A name of the house that a file uses.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// The folder, or the name at the root of the crate.
    pub(super) floor: String,
}

/// All files below `src/`.
pub(super) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<File> = below(&root)
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let path = path.strip_prefix(&root).unwrap();
            let path = path.components().map(|c| c.as_os_str().to_str().unwrap());
            let path = path.collect::<Vec<_>>().join("/");
            File { path, code: code(&text), text, is_test: false }
        })
        .collect();
    let tests: BTreeSet<String> = files.iter().flat_map(File::test_modules).collect();
    for file in &mut files {
        let module = file.module().join("/");
        let inside = |test: &String| module == *test || module.starts_with(&format!("{test}/"));
        file.is_test = tests.iter().any(inside);
    }
    files
}

/// The paths of all source files below a folder, in order.
pub(super) fn below(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

impl File {
    /// The folder right below `src/`, or the name of the file where it stands there itself.
    pub(super) fn floor(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path of its module below the crate: `["wire", "http1", "decode"]`.
    pub(super) fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap();
        let path = path.strip_suffix("/mod").unwrap_or(path);
        if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').collect() }
    }

    /// Modules it declares: their names, and whether for tests alone.
    pub(super) fn declared(&self) -> Vec<(&str, bool)> {
        let mut declared = Vec::new();
        let mut for_tests = false;
        for line in self.text.lines() {
            let name = line
                .trim_start_matches("pub ")
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub(super) ")
                .strip_prefix("mod ")
                .and_then(|rest| rest.strip_suffix(';'));
            declared.extend(name.map(|name| (name, for_tests)));
            for_tests = line == "#[cfg(test)]" || for_tests && line.starts_with("#[");
        }
        declared
    }

    fn test_modules(&self) -> Vec<String> {
        let module = self.module();
        let declared = self.declared().into_iter().filter(|(_, for_tests)| *for_tests);
        let path = |(name, _)| module.iter().copied().chain([name]).collect::<Vec<_>>().join("/");
        declared.map(path).collect()
    }

    /// The names at the root of the crate that it uses.
    pub(super) fn uses(&self) -> BTreeSet<Use> {
        let depth = self.module().len();
        let mut uses = BTreeSet::new();
        for root in ["crate::".to_owned(), "super::".repeat(depth.max(1))] {
            for (at, _) in self.code.match_indices(&root) {
                let before = self.code[..at].chars().next_back();
                let begins = !before.is_some_and(|c| c.is_alphanumeric() || ":_".contains(c));
                if begins && (root == "crate::" || depth > 0) {
                    let line = self.code[..at].matches('\n').count() + 1;
                    let names = names(&self.code[at + root.len()..]);
                    uses.extend(names.into_iter().map(|floor| Use { line, floor }));
                }
            }
        }
        uses
    }

    /// The lines of its code in which a text stands.
    pub(super) fn lines_with(&self, text: &str) -> Vec<usize> {
        let lines = self.code.lines().enumerate();
        lines.filter(|(_, line)| line.contains(text)).map(|(index, _)| index + 1).collect()
    }
}

/// The first names of a path, or of every path of a list in braces.
fn names(rest: &str) -> Vec<String> {
    let name = |text: &str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        text[..end].to_owned()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut depth = 0;
    let mut names = vec![name(list.trim_start())];
    for (at, char) in list.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(list[at + 1..].trim_start())),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty() && name != "self");
    names
}

/// Blanks out comments and items under `#[cfg(test)]`; relies on the layout that rustfmt gives.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    // The indentation of the item that is being left out.
    let mut leaving: Option<usize> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        if trimmed == "#[cfg(test)]" {
            leaving.get_or_insert(indent);
        } else if let Some(outer) = leaving {
            let ends = trimmed.ends_with(';') || trimmed.starts_with('}');
            if indent == outer && ends && !trimmed.starts_with("#[") {
                leaving = None;
            }
        } else if !trimmed.starts_with("//") {
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

#[test]
fn names_are_found_in_every_form_of_use() {
    let file = File {
        path: "a/b.rs".to_owned(),
        text: String::new(),
        code: code(
            "use crate::{self, x::{Y, Z}, w};\n// crate::comment\n\
             #[cfg(test)]\nuse crate::only_test;\nfn f() {\n    super::super::y::g();\n    \
             super::near();\n}\n#[cfg(test)]\nmod tests {\n    use crate::also_test;\n}\n",
        ),
        is_test: false,
    };
    let uses: Vec<(usize, String)> =
        file.uses().into_iter().map(|used| (used.line, used.floor)).collect();
    let expected = [(1, "w"), (1, "x"), (6, "y")];
    assert_eq!(uses, expected.map(|(line, floor)| (line, floor.to_owned())));
}
