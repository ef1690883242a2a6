//! Where something stands in a tree.

use super::tree::{Field, Node, Tree};

/// Where a field stands, or a message: the indices that lead to it, from the outermost. The message as a
/// whole is at none.
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

impl Tree {
    /// A place by the numbers of the fields that lead to it, which stay what they are when other fields go: `4/1` is
    /// the first field 1 in the first field 4, `4.2` the third field 4. The message as a whole has no name.
    pub fn name(&self, place: &Place) -> Option<String> {
        let mut names = Vec::with_capacity(place.0.len());
        let mut tree = Some(self);
        for index in &place.0 {
            let (before, rest) = tree?.nodes.split_at_checked(*index)?;
            let field = rest.first()?.field()?;
            let number = field.tag.number;
            let before = before.iter().filter(|node| node.is_numbered(number)).count();
            let nth = if before == 0 { String::new() } else { format!(".{before}") };
            names.push(format!("{number}{nth}"));
            tree = field.tree();
        }
        Some(names.join("/"))
    }

    /// The place of this name; see [`Tree::name`].
    pub fn place(&self, name: &str) -> Option<Place> {
        let mut indices = Vec::new();
        let mut tree = Some(self);
        for part in name.split('/').filter(|_| !name.is_empty()) {
            let (number, nth) = part.split_once('.').unwrap_or((part, "0"));
            let (number, nth): (u32, usize) = (number.parse().ok()?, nth.parse().ok()?);
            let nodes = tree?.nodes.iter().enumerate();
            let (index, node) = nodes.filter(|(_, node)| node.is_numbered(number)).nth(nth)?;
            indices.push(index);
            tree = node.field()?.tree();
        }
        Some(Place(indices))
    }

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
    fn those_of_one_number_are_counted() {
        let tree =
            parse(&Bytes::from_static(b"\x08\x05\x10\x01\x08\x06\x08\x07"), &|_| Kind::Octets);
        let names: Vec<_> = tree.fields().iter().filter_map(|place| tree.name(place)).collect();
        assert_eq!(names, ["1", "2", "1.1", "1.2"]);
        assert_eq!(tree.place("1.2"), Some(Place(vec![3])));
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
            assert_eq!(tree.place(&tree.name(&place).unwrap()), Some(place.clone()));
            format!(
                "{} is {number} of {:?}",
                tree.name(&place).unwrap(),
                tree.path(&place).unwrap()
            )
        });
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                "1 is 1 of [1]",
                "2 is 2 of [2]",
                "2/3 is 3 of [2, 3]",
                "2/4 is 4 of [2, 4]",
                "2/4/5 is 5 of [2, 4, 5]",
            ]
        );
        assert_eq!(
            (tree.name(&Place::default()), tree.place("")),
            (Some(String::new()), Some(Place::default()))
        );
        for nowhere in ["3", "1/1", "2.1", "/", "a", "-1", "2//3"] {
            assert_eq!(tree.place(nowhere), None, "{nowhere}");
        }
        let nowhere = Place(vec![2]);
        assert!(tree.field(&nowhere).is_none() && tree.path(&nowhere).is_none());
        assert!(tree.message(&Place(vec![0])).is_none());
        assert_eq!(tree.message(&Place::default()), Some(&tree));
    }
}
