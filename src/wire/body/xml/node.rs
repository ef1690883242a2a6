//! What the words of a fact say of one value.

/// How one value is written as XML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// What it becomes.
    pub kind: NodeKind,
    /// Its name, where it is not the usual one.
    pub name: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its namespace prefix.
    pub prefix: Option<String>,
    /// Whether an array has an element of its own.
    pub wrapped: bool,
}

/// What a value becomes in XML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeKind {
    /// An element.
    #[default]
    Element,
    /// An attribute of the element around it.
    Attribute,
    /// Text of the element around it.
    Text,
    /// Text of the element around it, as a CDATA section.
    Cdata,
    /// Nothing of its own.
    None,
}

impl Node {
    /// Reads the words of a fact; words with a slash (the media type) are passed over.
    ///
    /// # Errors
    /// A word that is none of the table's.
    pub fn parse(fact: &str) -> Result<Self, String> {
        let mut node = Self::default();
        for word in fact.split_ascii_whitespace() {
            let plain = |text: &str| text.replace("%20", " ").replace("%25", "%");
            match word.split_once('=') {
                Some(("name", name)) => node.name = Some(plain(name)),
                Some(("namespace", uri)) => node.namespace = Some(plain(uri)),
                Some(("prefix", prefix)) => node.prefix = Some(plain(prefix)),
                _ => match word {
                    "attribute" => node.kind = NodeKind::Attribute,
                    "text" => node.kind = NodeKind::Text,
                    "cdata" => node.kind = NodeKind::Cdata,
                    "none" => node.kind = NodeKind::None,
                    "wrapped" => node.wrapped = true,
                    word if word.contains('/') || word.contains('=') => {}
                    word => return Err(format!("`{word}` says nothing of how XML is written")),
                },
            }
        }
        Ok(node)
    }

    /// The words that spell it; empty for the usual way.
    pub fn fact(&self) -> String {
        let escaped = |text: &str| text.replace('%', "%25").replace(' ', "%20");
        let mut words: Vec<String> = match self.kind {
            NodeKind::Element => Vec::new(),
            NodeKind::Attribute => vec!["attribute".to_owned()],
            NodeKind::Text => vec!["text".to_owned()],
            NodeKind::Cdata => vec!["cdata".to_owned()],
            NodeKind::None => vec!["none".to_owned()],
        };
        if self.wrapped {
            words.push("wrapped".to_owned());
        }
        for (key, value) in
            [("name", &self.name), ("namespace", &self.namespace), ("prefix", &self.prefix)]
        {
            words.extend(value.as_ref().map(|value| format!("{key}={}", escaped(value))));
        }
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_read_back_from_their_words() {
        let node = Node {
            kind: NodeKind::Attribute,
            name: Some("a b%".into()),
            namespace: Some("http://x/?a=b".into()),
            prefix: Some("p".into()),
            wrapped: true,
        };
        assert_eq!(Node::parse(&node.fact()), Ok(node));
        assert!(Node::parse("atribute").is_err());
    }
}
