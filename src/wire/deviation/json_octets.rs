//! JSON texts in another encoding than plain UTF-8.

use super::{Danger, Domain, Parameter, Rule, Subject, with_json};
use crate::case::Label;

pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "byte_order_mark",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[],
        explain: "U+FEFF stands before the JSON text; it MUST NOT be sent, readers MAY ignore it \
                  (RFC 8259, section 8.1)",
        places: with_json,
        apply: |s| {
            let body = [b"\xEF\xBB\xBF", &s.request.body[..]].concat();
            s.set_body(body);
            Ok(())
        },
    },
    Rule {
        name: "utf16",
        label: Label::Unspecified,
        danger: Danger::Safe,
        well_framed: true,
        parameters: &[Parameter {
            name: "order",
            domain: Domain::Text(&["le", "be", "le_mark", "be_mark"]),
        }],
        explain: "the JSON text is UTF-16, with or without a byte order mark; today it MUST be UTF-8 \
                  (RFC 8259, section 8.1), older readers detect it (RFC 4627, section 3)",
        places: with_json,
        apply: utf16,
    },
];

fn utf16(subject: &mut Subject<'_>) -> Result<(), String> {
    let order = subject.text("order")?;
    let text = String::from_utf8(subject.request.body.to_vec())
        .map_err(|_| "the text is no longer UTF-8".to_owned())?;
    let mark = order.ends_with("_mark").then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    let octets: Vec<u8> = match order.strip_suffix("_mark").unwrap_or(&order) {
        "le" => units.flat_map(u16::to_le_bytes).collect(),
        "be" => units.flat_map(u16::to_be_bytes).collect(),
        _ => return Err(format!("`order` is `{order}`; write le, be, le_mark or be_mark")),
    };
    subject.set_body(octets);
    Ok(())
}
