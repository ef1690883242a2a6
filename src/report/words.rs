//! Numbers, times and texts as people read them.

use std::time::Duration;

use crate::check::normalise::TAKEN_OUT;

/// A number with thousands separated: `12,340`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun: `1 case`, `12,340 cases`, `2 replies` for `reply`.
pub fn counted(count: u64, noun: &str) -> String {
    let ends_in_y = |stem: &str| !stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    let noun = match (count, noun.strip_suffix('y')) {
        (1, _) => noun.to_owned(),
        (_, Some(stem)) if ends_in_y(stem) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    };
    format!("{} {noun}", number(count))
}

/// A length of time, about as exact as it matters: `340 ms`, `1.5 s`, `60 s`, `5 min`, `3 h`.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.9995 {
        format!("{} ms", (seconds * 1e3).round())
    } else if seconds < 9.95 {
        let text = format!("{seconds:.1}");
        format!("{} s", text.strip_suffix(".0").unwrap_or(&text))
    } else if seconds < 119.5 {
        format!("{} s", seconds.round())
    } else if seconds < 119.5 * 60.0 {
        format!("{} min", (seconds / 60.0).round())
    } else {
        format!("{} h", number((seconds / 3600.0).round() as u64))
    }
}

/// A rate in requests per second: `20/s`, `0.5/s`.
pub fn rate(per_second: f64) -> String {
    let text = format!("{per_second:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "0" { format!("{per_second:e}/s") } else { format!("{text}/s") }
}

/// A normalised message for people: what was taken out of it is left open.
pub fn unplaced(message: &str) -> String {
    let open = |message: String, name: &str| message.replace(name, "…");
    TAKEN_OUT.into_iter().fold(message.to_owned(), open)
}

/// Text that a terminal shows as it is: what would move the cursor, colour, or turn the line around,
/// and what nobody would see, is spelt out. Whoever answers is not trusted with the terminal.
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        let odd = char.is_control()
            || matches!(char, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(
                char,
                '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            )
            || matches!(char, '\u{E000}'..='\u{F8FF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..)
            || matches!(char, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
        if odd {
            out.extend(char.escape_unicode());
        } else {
            out.push(char);
        }
    }
    out
}

/// At most so many characters of a text, with `…` for the rest.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The first few of a list, and how many more there are: `a, b and 3 more`.
pub fn listed<T: AsRef<str>>(items: &[T], most: usize) -> String {
    let named: Vec<&str> = items.iter().take(most).map(AsRef::as_ref).collect();
    match items.len().saturating_sub(most) {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), number(more as u64)),
    }
}

/// A word of a command line, in quotes where a shell (POSIX.1-2024, section 2.2) would split or change
/// it.
pub fn quoted(word: &str) -> String {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_./:=@%+,".contains(char);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_nouns_agree() {
        assert_eq!(
            [0, 999, 1_000, 12_340, 1_234_567].map(number),
            ["0", "999", "1,000", "12,340", "1,234,567"]
        );
        assert_eq!(counted(0, "case"), "0 cases");
        assert_eq!(counted(1, "case"), "1 case");
        assert_eq!(counted(2_000, "query"), "2,000 queries");
        assert_eq!(counted(2, "day"), "2 days");
    }

    #[test]
    fn times_are_as_exact_as_it_matters() {
        let of = |millis| time(Duration::from_millis(millis));
        assert_eq!(
            [0, 340, 999, 1_000, 1_540, 9_960].map(of),
            ["0 ms", "340 ms", "999 ms", "1 s", "1.5 s", "10 s"]
        );
        assert_eq!(
            [60_000, 119_000, 120_000, 312_000, 7_200_000].map(of),
            ["60 s", "119 s", "2 min", "5 min", "2 h"]
        );
    }

    #[test]
    fn words_of_a_command_line_are_one_word() {
        assert_eq!(quoted("out/a-1"), "out/a-1");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn rates_are_short() {
        assert_eq!([20.0, 0.5, 1.0 / 3.0].map(rate), ["20/s", "0.5/s", "0.33/s"]);
    }

    #[test]
    fn nothing_an_answer_holds_reaches_the_terminal_as_a_command() {
        assert_eq!(shown("a\x1b[2Jb\n\u{202E}é"), r"a\u{1b}[2Jb\u{a}\u{202e}é");
    }

    #[test]
    fn long_texts_and_lists_are_cut_and_say_so() {
        assert_eq!(shortened("äöüß", 4), "äöüß");
        assert_eq!(shortened("äöüßx", 4), "äöü…");
        assert_eq!(listed(&["a", "b"], 2), "a, b");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b and 1 more");
    }
}
