//! Octets in hexadecimal (RFC 4648, section 8), in lower case.

/// Writes two digits for each octet.
pub fn write(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// Reads digits of either case; spaces may stand anywhere. `None` where it is not hexadecimal, or
/// where half an octet is left over.
pub fn parse(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|char| *char != ' ')
        .map(|char| char.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_read_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(parse(&write(&all)), Some(all.clone()));
        assert_eq!(parse(&write(&all).to_uppercase()), Some(all));
        assert_eq!(parse("0a 05"), Some(vec![10, 5]));
        assert_eq!(parse("0"), None);
        assert_eq!(parse("0x"), None);
    }
}
