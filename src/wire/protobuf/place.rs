//! Where something stands in a tree.

use std::fmt;
use std::str::FromStr;

use super::tree::{Field, Node, Tree};

/// Where a field stands, or a message: the indices that lead to it, from the outermost. The message as a
/// whole is at none.
///
/// Written with slashes: `2/0` is the first field within the third one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place(pub Vec<usize>);

impl Place {
    /// The place of something within this one.
    #[must_use]
    pub fn within(&self, index: usize) -> Self {
        Self(self.0.iter().copied().chain([index]).collect())
    }

    /// The place of what it stands in, and its index there; `None` for the message as a whole.
    pub fn split(&self) -> Option<(Self, usize)> {
        let (index, around) = self.0.split_last()?;
        Some((Self(around.to_vec()), *index))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indices: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&indices.join("/"))
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let indices: Option<Vec<usize>> = text.split('/').map(|index| index.parse().ok()).collect();
        indices.map(Self).ok_or_else(|| {
            format!("`{text}` is no place in a message; write indices with slashes: `2/0`")
        })
    }
}

impl Tree {
    /// The message or group that a place opens.
    pub fn message(&self, place: &Place) -> Option<&Self> {
        let mut indices = place.0.iter();
        indices.try_fold(self, |tree, index| tree.nodes.get(*index)?.field()?.tree())
    }

    /// The same, to be changed.
    pub fn message_mut(&mut self, place: &Place) -> Option<&mut Self> {
        place.0.iter().try_fold(self, |tree, index| match tree.nodes.get_mut(*index)? {
            Node::Field(field) => field.tree_mut(),
            Node::Raw(_) => None,
        })
    }

    /// The field at a place.
    pub fn field(&self, place: &Place) -> Option<&Field> {
        let (around, index) = place.split()?;
        self.message(&around)?.nodes.get(index)?.field()
    }

    /// The same, to be changed.
    pub fn field_mut(&mut self, place: &Place) -> Option<&mut Field> {
        let (around, index) = place.split()?;
        match self.message_mut(&around)?.nodes.get_mut(index)? {
            Node::Field(field) => Some(field),
            Node::Raw(_) => None,
        }
    }

    /// The numbers of the fields that lead to a place: what a [`super::Hint`] is asked for.
    pub fn path(&self, place: &Place) -> Option<Vec<u32>> {
        let mut path = Vec::with_capacity(place.0.len());
        let mut tree = Some(self);
        for index in &place.0 {
            let field = tree?.nodes.get(*index)?.field()?;
            path.push(field.tag.number);
            tree = field.tree();
        }
        Some(path)
    }

    /// Where its fields stand, each before those within it.
    pub fn fields(&self) -> Vec<Place> {
        let mut places = Vec::new();
        self.gather(&Place::default(), &mut places);
        places
    }

    fn gather(&self, around: &Place, places: &mut Vec<Place>) {
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(field) = node.field() else { continue };
            let place = around.within(index);
            places.push(place.clone());
            if let Some(tree) = field.tree() {
                tree.gather(&place, places);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::{Kind, parse};
    use super::*;

    #[test]
    fn places_are_read_back() {
        for text in ["", "0", "2/0", "10/11/12"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in ["/", "0/", "a", "-1", "1//2"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }

    #[test]
    fn each_field_is_found_at_its_place() {
        // 1: 5, 2: {3: {}, 4: !{5: 1}}, and half a tag.
        let octets = Bytes::from_static(b"\x08\x05\x12\x06\x1a\x00\x23\x28\x01\x24\x80");
        let tree = parse(&octets, &|path| match path {
            [2] | [2, 3] => Kind::Message,
            _ => Kind::Octets,
        });
        let found = tree.fields().into_iter().map(|place| {
            let number = tree.field(&place).unwrap().tag.number;
            format!("{place} is {number} of {:?}", tree.path(&place).unwrap())
        });
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                "0 is 1 of [1]",
                "1 is 2 of [2]",
                "1/0 is 3 of [2, 3]",
                "1/1 is 4 of [2, 4]",
                "1/1/0 is 5 of [2, 4, 5]",
            ]
        );
        let nowhere = Place(vec![2]);
        assert!(tree.field(&nowhere).is_none() && tree.path(&nowhere).is_none());
        assert!(tree.message(&Place(vec![0])).is_none());
        assert_eq!(tree.message(&Place::default()), Some(&tree));
    }
}
