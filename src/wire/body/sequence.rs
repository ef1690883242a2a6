//! Sequences of JSON texts: the elements of an array, one after the other. An element's own text holds
//! no line feed and no U+001E, which are escapes in JSON (RFC 8259, section 7).

use super::json;
use crate::spec::Sequence;
use crate::value::{Value, read};
use crate::wire::parameter::Loss;

/// What stands before each text of a JSON text sequence (RFC 7464, section 2.2).
const SEPARATOR: u8 = 0x1E;

/// The octets of a concrete value, with what is lost. A value that is no array goes as the only element
/// of one.
pub fn encode(sequence: Sequence, value: &Value) -> (Vec<u8>, Option<Loss>) {
    let items = value.as_array().unwrap_or_else(|| std::slice::from_ref(value));
    let mut octets = Vec::new();
    for item in items {
        if sequence == Sequence::Records {
            octets.push(SEPARATOR);
        }
        octets.extend_from_slice(&json::encode(item));
        octets.push(b'\n');
    }
    let loss = match value {
        Value::Array(items) => items.is_empty().then_some(Loss::Empty),
        _ => Some(Loss::Style),
    };
    (octets, loss)
}

/// The texts of a sequence as an array.
///
/// # Errors
/// The number, counted from 1, of the first text that is no JSON, and what is wrong with it.
pub fn read(sequence: Sequence, octets: &[u8]) -> Result<Value, (usize, read::Error)> {
    let delimiter = match sequence {
        Sequence::Lines => b'\n',
        Sequence::Records => SEPARATOR,
    };
    let texts = octets.split(|octet| *octet == delimiter);
    // Empty lines say nothing, and nothing stands before the first separator.
    let texts = texts.filter(|text| !text.iter().all(u8::is_ascii_whitespace));
    let values =
        texts.enumerate().map(|(index, text)| read::json(text).map_err(|error| (index + 1, error)));
    values.collect::<Result<_, _>>().map(Value::Array)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        read::json(text.as_bytes()).unwrap()
    }

    #[test]
    fn every_element_is_a_text_of_its_own_and_is_read_back() {
        let value = json(r#"[{"a":"x\ny"},"\u001e",[1],null]"#);
        for (sequence, first) in
            [(Sequence::Lines, "{\"a\":\"x\\ny\"}\n"), (Sequence::Records, "\x1e{\"a\"")]
        {
            let (octets, loss) = encode(sequence, &value);
            assert!(octets.starts_with(first.as_bytes()) && loss.is_none());
            assert_eq!(read(sequence, &octets).unwrap(), value);
        }
    }

    #[test]
    fn what_cannot_be_told_is_named() {
        let loss = |text: &str| encode(Sequence::Lines, &json(text)).1;
        assert_eq!(loss("[]"), Some(Loss::Empty));
        assert_eq!(loss("{}"), Some(Loss::Style));
        assert_eq!(loss("[[]]"), None);
    }

    #[test]
    fn a_text_that_is_no_json_is_told_by_its_number() {
        assert_eq!(read(Sequence::Lines, b"1\r\n\n 2 \n").unwrap(), json("[1,2]"));
        assert_eq!(read(Sequence::Lines, b"").unwrap(), json("[]"));
        assert_eq!(read(Sequence::Lines, b"1\n{\n").unwrap_err().0, 2);
        assert_eq!(read(Sequence::Records, b"\x1e1\n2\n").unwrap_err().0, 1);
    }
}
