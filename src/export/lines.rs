//! curl: the whole of a finding as lines for a shell.

use super::{Script, curl};
use crate::case::HttpVersion;

/// A finding as lines for a shell, comments between them. `base` is what stands before each target.
pub fn lines(script: &Script, base: &str) -> String {
    let mut out = format!("# {}\n", one_line(&script.why));
    let several = script.calls.len() > 1;
    for (index, call) in script.calls.iter().enumerate() {
        if several {
            out.push_str(&format!("\n# {}: {}\n", call.id, one_line(&call.operation)));
        }
        for blank in script.blanks_of(index) {
            out.push_str(&format!(
                "# in the place of {}: {}\n",
                blank.name,
                one_line(&blank.means)
            ));
        }
        let exported = curl(base, &call.request, HttpVersion::Http1);
        for note in &exported.notes {
            out.push_str(&format!("# {}\n", one_line(note)));
        }
        out.push_str(&exported.line);
        out.push('\n');
    }
    out
}

/// A text that cannot leave its comment.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}
