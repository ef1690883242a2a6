//! Where references lead: over documents, by what schemas call themselves, and behind references that
//! stand in the way.

use super::{Documents, Location};
use crate::schema::{Dialect, address};
use crate::value::{Pointer, Text};

/// Why a reference leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The document it names is not there.
    #[error("`{reference}` leads to `{address}`, which {why}")]
    Document {
        /// The reference as written.
        reference: String,
        /// The address it leads to.
        address: String,
        /// Why that is not there.
        why: String,
    },
    /// The document is there, the place in it is not.
    #[error("`{reference}` leads nowhere: nothing stands at `{pointer}`{document}")]
    Place {
        /// The reference as written.
        reference: String,
        /// The place it names.
        pointer: String,
        /// ` of …`, where it is another document.
        document: String,
    },
    /// The references on the way lead around in a circle.
    #[error("`{reference}` leads around in a circle of references")]
    Circle {
        /// The reference as written.
        reference: String,
    },
}

impl Documents {
    /// Where `reference`, which stands at `from`, leads.
    ///
    /// # Errors
    /// It leads to a document that is not there, or nowhere in one.
    pub fn resolve(
        &self,
        from: &Location,
        reference: &str,
        dialect: Dialect,
    ) -> Result<Location, Unresolved> {
        self.resolve_within(from, reference, dialect, 32)
    }

    fn resolve_within(
        &self,
        from: &Location,
        reference: &str,
        dialect: Dialect,
        budget: usize,
    ) -> Result<Location, Unresolved> {
        if budget == 0 {
            return Err(Unresolved::Circle { reference: reference.to_owned() });
        }
        let identity = self.identity(dialect);
        let (target, fragment) = address::split(reference);
        let base = identity.and_then(|ids| ids.base(from));
        let resource = if target.is_empty() && base.is_none() {
            Location { document: from.document, pointer: Pointer::root() }
        } else {
            let base = base.map_or_else(|| self.address(from), |(_, base)| base);
            let address = address::join(base, target);
            let named = identity.and_then(|ids| ids.resource(&address)).cloned();
            named.or_else(|| self.root(&address)).ok_or_else(|| Unresolved::Document {
                reference: reference.to_owned(),
                why: match self.refused.get(&address) {
                    Some(why) => why.clone(),
                    None => "was not loaded".to_owned(),
                },
                address,
            })?
        };
        let decoded =
            if fragment.contains('%') { address::decode(fragment) } else { fragment.into() };
        let elsewhere =
            self.all.get(resource.document).filter(|_| resource.document != from.document);
        let nothing = || Unresolved::Place {
            reference: reference.to_owned(),
            pointer: decoded.clone(),
            document: elsewhere.map_or(String::new(), |other| format!(" of `{}`", other.address)),
        };
        if decoded.is_empty() {
            return Ok(resource);
        }
        let Ok(pointer) = Pointer::parse(&decoded) else {
            let anchor = identity.and_then(|ids| ids.anchor(&resource, &decoded));
            return anchor.cloned().ok_or_else(nothing);
        };
        self.walk(resource, &pointer, dialect, budget).ok_or_else(nothing)
    }

    /// Goes down from `at`; where the way is blocked by a reference, goes on behind it.
    fn walk(
        &self,
        mut at: Location,
        pointer: &Pointer,
        dialect: Dialect,
        budget: usize,
    ) -> Option<Location> {
        let below = |at: &Location, value, token: &Text| {
            let document = self.all.get(at.document)?;
            document.step(at.pointer.tokens(), value, token).map(|step| step.value)
        };
        let mut value = self.find(&at)?;
        for token in pointer.tokens() {
            let mut next = below(&at, value, token);
            if next.is_none() {
                let reference = value.get("$ref")?.as_str()?;
                at = self.resolve_within(&at, reference, dialect, budget - 1).ok()?;
                next = below(&at, self.find(&at)?, token);
            }
            value = next?;
            at.pointer.push(token.clone());
        }
        Some(at)
    }
}
