//! The commands that lines name: as they can be copied and typed.

/// How the tool is called again about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The program.
    pub program: String,
    /// What replays a case, before its id.
    pub replay: String,
    /// What stands behind every id: where findings are, where that is no usual place.
    pub folder: String,
    /// What stands in lines of curl in the place of a credential that is no secret: its name as
    /// `[secret:NAME]` has it, and the value of the header field.
    pub open: Vec<(String, String)>,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            program: "phi-fuzz".to_owned(),
            replay: "replay".to_owned(),
            folder: String::new(),
            open: Vec::new(),
        }
    }
}

impl Ways {
    /// `phi-fuzz replay 1f3a9c20`
    pub fn replay(&self, case: &str) -> String {
        self.line(&self.replay, case)
    }

    /// `phi-fuzz accept 1f3a9c20`
    pub fn accept(&self, case: &str) -> String {
        self.line("accept", case)
    }

    /// `phi-fuzz shrink 1f3a9c20`
    pub fn shrink(&self, case: &str) -> String {
        self.line("shrink", case)
    }

    /// `phi-fuzz export 1f3a9c20 --to curl`
    pub fn export(&self, case: &str, language: &str) -> String {
        format!("{} --to {language}", self.line("export", case))
    }

    /// A line with the credentials in it that are no secrets.
    pub(super) fn opened(&self, mut line: String) -> String {
        for (name, value) in &self.open {
            line = line.replace(&format!("[secret:{name}]"), value);
        }
        line
    }

    fn line(&self, command: &str, case: &str) -> String {
        format!("{} {command} {case}{}", self.program, self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lead_to_where_the_findings_are() {
        assert_eq!(Ways::default().replay("1f3a9c20"), "phi-fuzz replay 1f3a9c20");
        let ways = Ways { folder: " --out found".to_owned(), ..Ways::default() };
        assert_eq!(
            ways.export("1f3a9c20", "curl"),
            "phi-fuzz export 1f3a9c20 --out found --to curl"
        );
    }

    #[test]
    fn only_what_is_no_secret_is_shown() {
        let open = vec![("a.bearer".to_owned(), "Bearer open".to_owned())];
        let ways = Ways { open, ..Ways::default() };
        let line = "-H 'Authorization: [secret:a.bearer]' -H 'X: [secret:a.key]'".to_owned();
        assert_eq!(ways.opened(line), "-H 'Authorization: Bearer open' -H 'X: [secret:a.key]'");
    }
}
