//! `${VARIABLES}` in texts.

use super::Lookup;

/// The text with each `${NAME}` replaced by that variable; `$${` stands for `${` itself.
///
/// # Errors
/// A variable is not set, or what follows `${` names none; a lower-case fragment.
pub(super) fn interpolate(text: &str, env: &Lookup<'_>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(before);
            out.push_str("${");
            rest = after;
            continue;
        }
        out.push_str(before);
        let (name, tail) = after.split_once('}').ok_or("`${` is not closed by `}`")?;
        let fits = |char: char| char.is_ascii_alphanumeric() || char == '_';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!("`${{{name}}}` names no variable; write `$${{` for `${{` itself"));
        }
        let value = env(name).ok_or_else(|| {
            format!("the environment variable {name} is not set; set it, or take ${{{name}}} out")
        })?;
        out.push_str(&value);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<String, String> {
        interpolate(text, &|name| (name == "TOKEN").then(|| "a$${TOKEN}".to_owned()))
    }

    #[test]
    fn variables_are_put_in_once() {
        assert_eq!(with("<${TOKEN}${TOKEN}>").as_deref(), Ok("<a$${TOKEN}a$${TOKEN}>"));
        assert_eq!(with("$5 {x} $").as_deref(), Ok("$5 {x} $"));
    }

    #[test]
    fn a_doubled_dollar_stands_for_itself() {
        assert_eq!(with("echo $${HOME}").as_deref(), Ok("echo ${HOME}"));
    }

    #[test]
    fn what_is_not_set_is_named() {
        assert!(with("${STAGING}").unwrap_err().contains("STAGING is not set"));
        assert!(with("${a b}").unwrap_err().contains("names no variable"));
        assert!(with("${TOKEN").unwrap_err().contains("not closed"));
    }
}
