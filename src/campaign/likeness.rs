//! Messages that say the same of different input.

/// Fewer words in common say nothing.
const FEWEST_WORDS: usize = 4;

/// Whether two normalised messages are the same, or so many of their words in the same order that what
/// differs is likely what they speak of: a text that was sent comes back cut, quoted or escaped.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let (most, fewest) = (a.len().max(b.len()), a.len().min(b.len()));
    if fewest < FEWEST_WORDS || fewest * 4 < most * 3 {
        return false;
    }
    let common = common(&a, &b);
    common >= FEWEST_WORDS && common * 4 >= most * 3
}

/// How many words the longest common subsequence has.
fn common(a: &[&str], b: &[&str]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for left in a {
        let mut diagonal = 0;
        for (at, right) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if left == right { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_of_may_differ() {
        for (a, b) in [
            (
                "Unexpected error while saving file: w [Errno <n>] No such file or directory: '/root/w'",
                "Unexpected error while saving file: <sent> [Errno <n>] No such file or directory: '/root/<sent>'",
            ),
            (
                "HTTP <n>: Not Found (a b is not a valid path)",
                "HTTP <n>: Not Found (c is not a valid path)",
            ),
            ("boom", "boom"),
        ] {
            assert!(alike(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn other_words_say_something_else() {
        for (a, b) in [
            ("quantity table exhausted", "price table exhausted"),
            ("boom", "bang"),
            ("no such table: orders in main", "no such column: name in orders"),
            ("", "it broke"),
            ("a b c d", "a b c d e f g"),
        ] {
            assert!(!alike(a, b), "{a} / {b}");
        }
    }
}
