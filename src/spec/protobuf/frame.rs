//! Messages in the frames of gRPC (PROTOCOL-HTTP2.md, "Length-Prefixed-Message").

/// Octets before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A message that is not compressed, in a frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// The messages in a body, none of them compressed.
///
/// # Errors
/// Why it holds no such messages: a lower-case fragment.
pub fn messages(mut body: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    let mut all = Vec::new();
    while !body.is_empty() {
        let (prefix, rest) =
            body.split_at_checked(PREFIX).ok_or("it ends within the head of a message")?;
        let [flag, length @ ..] = prefix else { break };
        if *flag != 0 {
            return Err("a message is compressed, which was not asked for");
        }
        let length = length.iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
        let (message, rest) = rest.split_at_checked(length).ok_or("it ends within a message")?;
        all.push(message);
        body = rest;
    }
    Ok(all)
}

/// How many octets the first message in a body takes with its head, where it is there in whole.
pub fn whole(body: &[u8]) -> Option<usize> {
    let (prefix, rest) = body.split_at_checked(PREFIX)?;
    let length = prefix[1..].iter().fold(0, |length, octet| length << 8 | usize::from(*octet));
    (rest.len() >= length).then(|| PREFIX + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_of_frames_as_they_went_in() {
        let body = [frame(b"one"), frame(b""), frame(&[7; 300])].concat();
        assert_eq!(messages(&body), Ok(vec![&b"one"[..], &b""[..], &[7; 300][..]]));
        assert_eq!(messages(&[]), Ok(Vec::new()));
        for end in [1, 4, 5, 7] {
            assert!(messages(&body[..end]).is_err(), "{end}");
        }
        assert!(messages(&[1, 0, 0, 0, 0]).is_err());
    }
}
