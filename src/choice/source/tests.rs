//! Every kind of source draws the same things.

use super::*;
use crate::choice::Alphabet;
use crate::value::Text;

fn pairs(source: &mut Source<'_>) -> Draw<Vec<(i128, Text)>> {
    source.list(0, 8, 4.0, |source, _| {
        Ok((source.int(-50, 1000, 0)?, source.text(0, 5, Alphabet::Any)?))
    })
}

#[test]
fn a_replay_gives_what_was_drawn() {
    for seed in 0..200 {
        let (drawn, trace) = Source::random(Rng::new(seed)).run(pairs).unwrap();
        let items = trace.items();
        let (again, twin) = Source::replay(&items).run(pairs).unwrap();
        assert_eq!((drawn, trace), (again, twin));
    }
}

#[test]
fn octets_drive_the_same_generator() {
    let octets: Vec<u8> = (0..=255).collect();
    let (list, trace) = Source::bytes(&octets).run(pairs).unwrap();
    assert_eq!(Source::replay(&trace.items()).run(pairs).unwrap().0, list);
}

#[test]
fn an_exhausted_replay_is_the_simplest_case() {
    assert_eq!(Source::replay(&[]).run(pairs).unwrap().0, []);
}

#[test]
fn exhausted_octets_do_not_say_yes_for_ever() {
    let draw = |source: &mut Source<'_>| {
        let ints = (source.int(-5, 5, 0)?, source.float(-1.0, 1.0, 0.5)?);
        Ok((pairs(source)?, source.bool(1.0)?, source.bool_toward(true, 0.0)?, ints))
    };
    assert_eq!(Source::bytes(&[]).run(draw).unwrap().0, (vec![], false, true, (0, 0.5)));
}

#[test]
fn a_trivial_span_leaves_what_follows_aligned() {
    let both = |source: &mut Source<'_>| {
        let first = source.span(Label::Group, pairs)?;
        Ok((first, source.int(0, 9, 0)?))
    };
    let (drawn, trace) = (0..1000)
        .map(|seed| Source::random(Rng::new(seed)).run(both).unwrap())
        .find(|((list, int), _)| list.len() > 2 && *int > 0)
        .unwrap();
    let span = &trace.spans[1];
    let mut items = vec![Item::Trivial(span.depth)];
    items.extend(Trace::to_items(&trace.nodes[span.end..]));
    assert_eq!(Source::replay(&items).run(both).unwrap().0, (vec![], drawn.1));
}

#[test]
fn names_stay_when_things_before_them_go() {
    let steps = |source: &mut Source<'_>| {
        source.list(3, 3, 0.0, |source, _| source.span(Label::Step, |source| source.name("s")))
    };
    let (drawn, trace) = Source::random(Rng::new(1)).run(steps).unwrap();
    assert_eq!(drawn.iter().map(|name| &**name).collect::<Vec<_>>(), ["s1", "s2", "s3"]);
    let kept = Trace::to_items(&trace.nodes[trace.spans[1].end..]);
    let again = Source::replay(&kept).run(steps).unwrap().0;
    assert_eq!(again.iter().map(|name| &**name).collect::<Vec<_>>(), ["s2", "s3", "s4"]);
}

#[test]
fn a_list_that_lost_too_much_is_filled_up_and_leaves_what_follows_aligned() {
    let both = |source: &mut Source<'_>| {
        let list = source.list(2, 3, 1.0, |source, _| source.int(0, 999, 7))?;
        Ok((list, source.int(0, 999, 0)?))
    };
    let full = (0..1000)
        .map(|seed| Source::random(Rng::new(seed)).run(both).unwrap())
        .find(|((list, last), _)| list.len() == 3 && *last > 0);
    let ((list, last), trace) = full.unwrap();
    let without = |gone: std::ops::Range<usize>| {
        let mut items = trace.items();
        items.drain(trace.spans[gone.start + 1].start..trace.spans[gone.end].end);
        Source::replay(&items).run(both).unwrap().0
    };
    assert_eq!(without(0..1), (vec![list[1], list[2]], last));
    assert_eq!(without(0..2), (vec![list[2], 7], last));
}

#[test]
fn what_is_repeated_replays_as_if_it_was_drawn_again() {
    let twice = |source: &mut Source<'_>| {
        source.span(Label::Group, |source| {
            let span = source.next_span();
            let first = source.span(Label::Value(1), pairs)?;
            if source.dice().is_some() {
                source.repeat(span)?;
                return Ok((first.clone(), first));
            }
            Ok((first, source.span(Label::Value(1), pairs)?))
        })
    };
    for seed in 0..50 {
        let (drawn, trace) = Source::random(Rng::new(seed)).run(twice).unwrap();
        assert_eq!(Source::replay(&trace.items()).run(twice).unwrap(), (drawn, trace));
    }
}

#[test]
fn the_simplest_that_is_accepted_is_searched_for() {
    let odd = |source: &mut Source<'_>| {
        let free = source.int(0, 9, 4)?;
        let odd = source.attempt(100, |source, _| {
            let int = source.int(0, 1000, 0)?;
            Ok((int % 2 == 1).then_some(int))
        })?;
        Ok((free, odd, source.int(0, 9, 5)?))
    };
    let (drawn, trace) = Source::simplest(&[]).run(odd).unwrap();
    assert_eq!((drawn.0, drawn.1 % 2, drawn.2), (4, 1, 5));
    assert_eq!(Source::replay(&trace.items()).run(odd).unwrap().0, drawn);
}

#[test]
fn what_is_drawn_in_vain_leaves_no_trace() {
    let even = |source: &mut Source<'_>| {
        source.attempt(100, |source, _| {
            source.span(Label::Group, |source| {
                let int = source.int(0, 1000, 0)?;
                Ok((int % 2 == 0).then_some(int))
            })
        })
    };
    for seed in 0..50 {
        let (int, trace) = Source::random(Rng::new(seed)).run(even).unwrap();
        assert_eq!((int % 2, trace.nodes.len(), trace.spans.len()), (0, 1, 2));
        assert_eq!(trace.spans[1].place, 0);
    }
}
