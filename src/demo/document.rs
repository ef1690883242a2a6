//! The document of a shop: a template, and what the seed calls things.

use serde_json::Value;

use super::faults::{Fault, Faults};

/// One document: what shows by one call, things with a history, odd ones, and what all of them share.
const TEMPLATE: &str = concat!(
    include_str!("template/shop.yaml"),
    include_str!("template/things.yaml"),
    include_str!("template/oddities.yaml"),
    include_str!("template/components.yaml"),
);

/// The document in YAML.
pub(crate) fn render(faults: &Faults) -> String {
    let words: Vec<_> = faults.all().into_iter().flat_map(Fault::words).collect();
    let word = |name: &str| words.iter().find(|(key, _)| *key == name).map(|(_, word)| &**word);
    let mut pieces = TEMPLATE.split("{{");
    let mut document = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        document.push_str(word(name).unwrap_or(name));
        document.push_str(rest);
    }
    document
}

/// The document as a value.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(document: &str) -> Result<Value, String> {
    serde_saphyr::from_str(document).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Shop;

    #[test]
    fn every_word_of_the_template_is_said_once_and_used() {
        let faults = Faults::of(&Shop::default());
        let mut said: Vec<_> =
            faults.all().into_iter().flat_map(Fault::words).map(|(name, _)| name).collect();
        let mut used: Vec<_> =
            TEMPLATE.split("{{").skip(1).map(|piece| piece.split_once("}}").unwrap().0).collect();
        said.sort_unstable();
        used.sort_unstable();
        used.dedup();
        assert_eq!(said, used);
    }

    /// `PHI_BLESS=1 cargo test` writes the document anew.
    #[test]
    fn the_document_in_specs_is_the_one_of_the_default_seed() {
        let rendered = render(&Faults::of(&Shop::default()));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/specs/shop.yaml");
        if std::env::var_os("PHI_BLESS").is_some() {
            std::fs::write(path, &rendered).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), rendered);
    }

    #[test]
    fn seeds_call_things_by_other_names() {
        let of = |seed| render(&Faults::of(&Shop { seed, ..Shop::default() }));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }
}
