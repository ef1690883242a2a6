//! The law of the generator: whatever the schema, every value is drawn again from its lifted
//! choices.
//!
//! The first line is the schema, the rest decides what is drawn; where it is JSON, that value is
//! lifted, too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use phi_fuzz::choice::Source;
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::schema::Schema;
use phi_fuzz::value::{Value, read};

fuzz_target!(|octets: &[u8]| {
    let line = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    let (schema, rest) = octets.split_at(line);
    let Ok(schema) = read::json(schema) else { return };
    let schema = Schema::of(schema);
    let place = Place::root(schema.shapes(), Setting::default());
    let holds = |value: &Value| {
        let mut items = Vec::new();
        lift(place, value, &mut items);
        let again = Source::replay(&items).run(|source| draw(place, source));
        assert_eq!(again.map(|(again, _)| again).as_ref(), Ok(value));
    };
    if let Ok((value, _)) = Source::bytes(rest).run(|source| draw(place, source)) {
        holds(&value);
    }
    if let Ok(value) = read::json(rest) {
        holds(&value);
    }
});
