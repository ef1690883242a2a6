//! Fields that come twice ("Last One Wins").

use super::{Edit, Verdict};
use crate::wire::protobuf::Kind;

pub(super) static EDITS: &[Edit] = &[Edit {
    name: "duplicate_field",
    verdict: Verdict::MustAccept,
    explain: "a field comes twice; of one that is not repeated the last counts, and messages are merged",
    // Of a repeated field it is an element more, which numbers are known to be.
    places: |tree, hint| {
        let mut places = tree.fields();
        places.retain(|place| {
            let kind = tree.path(place).map(|path| hint(&path));
            !matches!(kind, None | Some(Kind::Packed(_)))
        });
        places
    },
    apply: |tree, place| {
        let (message, index) = place.split()?;
        let nodes = &mut tree.message_mut(&message)?.nodes;
        let node = nodes.get(index)?.clone();
        nodes.insert(index, node);
        Some(())
    },
}];
