//! The nearest known name, for errors about unknown ones.

/// The name of `known` that is fewest edits away from `name`; `None` where none resembles it.
///
/// Edits are insertions, removals, replacements and swaps of neighbours (optimal string alignment
/// distance); two names resemble each other where less than half of the longer one must change.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(edits, candidate)| {
            2 * edits <= candidate.chars().count().max(name.chars().count())
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// What to say about a name that is not known: the nearest, else all.
pub fn advice(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "none is known here".to_owned(),
        None => format!("known are {}", known.join(", ")),
    }
}

fn distance(a: &str, b: &str) -> usize {
    // Names are short; what is long needs no exact distance to be far away.
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut edits = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                edits = edits.min(before[j - 1] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_was_meant_is_found() {
        let known = ["call", "path", "query", "headers", "deviations"];
        assert_eq!(nearest("cal", &known), Some("call"));
        assert_eq!(nearest("qeury", &known), Some("query"));
        assert_eq!(nearest("header", &known), Some("headers"));
        assert_eq!(nearest("zzzzzz", &known), None);
        assert_eq!(advice("zzzzzz", &["a", "b"]), "known are a, b");
    }

    #[test]
    fn a_swap_of_neighbours_is_one_edit() {
        assert_eq!(distance("on", "no"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
