use phi_fuzz::choice::Source;
use phi_fuzz::generate::value::{Place, Setting, draw, lift};
use phi_fuzz::schema::Schema;
use phi_fuzz::value::read;
fn main() {
    let octets = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let line = octets.iter().position(|octet| *octet == b'\n').unwrap_or(octets.len());
    let (schema, rest) = octets.split_at(line);
    let schema = Schema::of(read::json(schema).unwrap());
    eprintln!("shapes");
    let place = Place::root(schema.shapes(), Setting::default());
    eprintln!("draw {} nodes", schema.shapes().nodes().len());
    let d = Source::bytes(rest).run(|source| draw(place, source));
    eprintln!("{:?}", d.map(|d| d.0.to_string()));
    let value = read::json(rest).unwrap();
    let mut items = Vec::new();
    eprintln!("lift");
    lift(place, &value, &mut items);
    eprintln!("{items:?}");
    let again = Source::replay(&items).run(|source| draw(place, source));
    eprintln!("{:?}", again.map(|d| d.0.to_string()));
}
