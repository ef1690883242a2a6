//! The pattern generator: what is drawn matches, and is drawn again from its lifted choices.
//!
//! The first line is the pattern, the rest decides what is drawn.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use phi_fuzz::choice::Source;
use phi_fuzz::generate::pattern::Texts;
use phi_fuzz::schema::pattern::Pattern;

/// The longest text that is drawn, in code points.
const LONGEST: usize = 64;

fuzz_target!(|octets: &[u8]| {
    let line = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    let (pattern, rest) = octets.split_at(line);
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let Ok(pattern) = Pattern::new(pattern).map(Arc::new) else { return };
    let Some(texts) = Texts::new(&[Arc::clone(&pattern)], 0, LONGEST) else { return };
    let Ok((text, _)) = Source::bytes(rest).run(|source| texts.draw(source)) else { return };
    if pattern.is_judged() {
        assert!(pattern.matches(&text), "{} does not match {text:?}", pattern.source());
    }
    let mut items = Vec::new();
    // Of an ambiguous pattern the parse may be given up.
    if texts.lift(&text, &mut items) {
        let again = Source::replay(&items).run(|source| texts.draw(source));
        assert_eq!(again.map(|(again, _)| again), Ok(text), "{}", pattern.source());
    }
});
