//! `version`: which build of the service answers.

use super::super::Executor;

/// What a service says its build is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build(Vec<u8>);

impl std::fmt::Display for Build {
    /// The beginning of what it says, on one line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.0);
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(60).collect();
        f.write_str(&short)
    }
}

impl Executor {
    /// Asks for the build; `None` where that is not configured, or not answered 2xx.
    pub async fn build(&self) -> Option<Build> {
        let (method, path) = self.hooks.version.as_ref()?;
        let exchange = self.ask(method, &format!("{}{path}", self.base)).await;
        let answer = exchange.answer().filter(|answer| (200..300).contains(&answer.status))?;
        Some(Build(answer.body.to_vec()))
    }
}
