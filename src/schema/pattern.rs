//! stub
use crate::value::Text;
/// p
#[derive(Clone, Debug)]
pub struct Pattern(fancy_regex::Regex);
impl Pattern {
    /// new
    pub fn new(text: &str) -> Result<Self, String> { fancy_regex::Regex::new(text).map(Self).map_err(|e| e.to_string()) }
    /// m
    pub fn matches(&self, text: &Text) -> bool { self.0.is_match(&*text.lossy()).unwrap_or(true) }
}
