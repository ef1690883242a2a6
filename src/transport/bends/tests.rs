//! In virtual time: a silence is exactly as long as the case says.

use std::future::poll_fn;

use super::*;

const MS: Duration = Duration::from_millis(1);

/// Octets of the request.
const LENGTH: usize = 10;

fn offset(at: Position) -> Option<usize> {
    match at {
        Position::Headers => Some(0),
        Position::Body(octets) => usize::try_from(octets).ok(),
        Position::BeforeLastByte => Some(LENGTH - 1),
        Position::Sent => Some(LENGTH),
        _ => None,
    }
}

fn bends(perturb: &[Perturbation], release: Option<Release>) -> Box<Bends> {
    let request = Request { perturb: perturb.to_vec(), ..Request::default() };
    Bends::of(&request, Appointments { release, ends: Vec::new() }, offset).unwrap()
}

/// What is done with the request, and after how many milliseconds.
async fn done(bends: &mut Bends) -> Vec<(u128, Next)> {
    let (begin, mut written, mut all) = (Instant::now(), 0, Vec::new());
    loop {
        let next = poll_fn(|cx| bends.poll_write(written, LENGTH, cx)).await;
        let ends = matches!(next, Next::Nothing | Next::Leave(_));
        if let Next::Write(stop) = next {
            written = stop;
        }
        all.push((begin.elapsed().as_millis(), next));
        if ends {
            return all;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silences_stand_at_their_place_for_their_length_and_are_counted() {
    let stall = |at, pause: u32| Perturbation::Stall { at, pause: pause * MS };
    let mut two =
        bends(&[stall(Position::BeforeLastByte, 200), stall(Position::Body(3), 500)], None);
    let told = done(&mut two).await;
    let write = Next::Write;
    assert_eq!(told, [(0, write(3)), (500, write(9)), (700, write(10)), (700, Next::Nothing)]);
    assert_eq!((two.injected(), two.planned()), (700 * MS, 700 * MS));
}

#[tokio::test(start_paused = true)]
async fn pieces_have_their_gaps_between_them() {
    let told = done(&mut bends(&[Perturbation::Slice { size: 4, gap: 10 * MS }], None)).await;
    let write = Next::Write;
    assert_eq!(told, [(0, write(4)), (10, write(8)), (20, write(10)), (20, Next::Nothing)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_left_at_its_place() {
    for (perturb, leave) in [
        (Perturbation::Cut(Position::Body(3)), Leave::Close),
        (Perturbation::Reset(Position::Body(3)), Leave::Reset),
    ] {
        let told = done(&mut bends(&[perturb], None)).await;
        assert_eq!(told, [(0, Next::Write(3)), (0, Next::Leave(leave))]);
    }
    let mut given_up = bends(&[Perturbation::Cancel(20 * MS)], None);
    let begin = Instant::now();
    poll_fn(|cx| given_up.poll_cancel(cx)).await;
    assert_eq!(begin.elapsed(), 20 * MS);
}

#[tokio::test(start_paused = true)]
async fn the_last_two_octets_wait_for_all_and_their_skew_but_not_for_ever_and_go_one_by_one() {
    for (comes_after, goes_on) in [(Some(40 * MS), 47), (None, PATIENCE.as_millis() + 7)] {
        let (latch, mut keys) = Latch::new(2);
        let other = keys.pop().unwrap();
        let key = keys.pop().unwrap();
        let release = Release { key, latch, skew: 5 * MS, in_one: false };
        let mut held = bends(&[], Some(release));
        let other = tokio::spawn(async move {
            sleep(comes_after.unwrap_or(2 * PATIENCE)).await;
            drop(other);
        });
        let told = done(&mut held).await;
        let (woken, done) = ((goes_on, Next::Write(9)), (goes_on, Next::Write(10)));
        assert_eq!(told[..3], [(0, Next::Write(8)), woken, done]);
        other.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_read_in_pieces_with_silences() {
    let mut slow = bends(&[Perturbation::Read { size: 4, gap: 10 * MS }], None);
    let begin = Instant::now();
    for _ in 0..3 {
        assert_eq!(poll_fn(|cx| slow.poll_read(cx)).await, Ok(4));
        slow.received(4);
    }
    assert_eq!(poll_fn(|cx| slow.poll_read(cx)).await, Ok(4));
    assert_eq!((begin.elapsed(), slow.injected()), (30 * MS, 30 * MS));
}
