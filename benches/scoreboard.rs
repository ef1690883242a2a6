//! The embedded service over seeds: which planted faults are found, how fast, how small, whether
//! replays are right both ways, and what is found that is none.
//!
//! What one call shows is looked for in one run, what takes a history in a longer one.
//!
//! `cargo bench --bench scoreboard -- [--seeds 0,1,2] [--seconds 30] [--twin faulty|healthy]
//! [--part calls|histories|timing] [NAME]`

#[path = "../tests/it/planted/rig.rs"]
mod rig;

use std::time::Duration;

use phi_fuzz::campaign::{Phase, Settings, Verdict};
use phi_fuzz::demo::{Planted, Shop, faults};
use rig::{Rig, Run, Size, Timed, assign, finding, shown};

/// What the command line asks for.
#[derive(Debug)]
struct Wanted {
    seeds: Vec<u64>,
    /// In the place of each part's own time.
    time: Option<Duration>,
    faulty: bool,
    healthy: bool,
    parts: Vec<Part>,
    /// Only planted faults whose name has this in it, each alone with its operation.
    name: Option<String>,
    verbose: bool,
}

/// Rows of the table that are looked for in one run.
#[derive(Clone, Copy, Debug)]
struct Part {
    name: &'static str,
    /// How long the run takes.
    time: Duration,
    /// How often each finding is replayed on a fresh faulty service.
    replays: usize,
    phases: fn() -> Vec<Phase>,
    holds: fn(&Planted) -> bool,
}

const PARTS: [Part; 3] = [
    Part {
        name: "calls",
        time: Duration::from_secs(30),
        replays: 1,
        phases: Phase::untimed,
        holds: |planted| !rig::is_history(planted) && !rig::is_timed(planted),
    },
    Part {
        name: "histories",
        time: Duration::from_secs(60),
        replays: 10,
        phases: Phase::untimed,
        holds: rig::is_history,
    },
    Part {
        name: "timing",
        time: Duration::from_secs(90),
        replays: 10,
        phases: || vec![Phase::Examples, Phase::Timing, Phase::Races],
        holds: rig::is_timed,
    },
];

fn main() {
    let wanted = wanted();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut totals = Totals::default();
    for seed in &wanted.seeds {
        for part in wanted.parts.iter().filter(|_| wanted.faulty) {
            runtime.block_on(faulty(&wanted, part, *seed, &mut totals));
        }
        // The longest one: what a shorter one shows, it shows, too.
        let longest = wanted.parts.iter().max_by_key(|part| part.time);
        if let Some(part) = longest.filter(|_| wanted.healthy) {
            runtime.block_on(healthy(&wanted, part, *seed, &mut totals));
        }
    }
    totals.print();
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seeds: vec![0, 1, 2, 3, 4],
        time: None,
        faulty: true,
        healthy: true,
        parts: PARTS.to_vec(),
        name: None,
        verbose: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("the option has a value");
        match argument.as_str() {
            "--bench" => {}
            "--seeds" => {
                let list = value();
                let seeds = list.split(',').map(|seed| seed.parse().expect("a seed"));
                wanted.seeds = seeds.collect();
            }
            "--seconds" => {
                let time = value().parse().expect("seconds");
                wanted.time = Some(Duration::from_secs_f64(time));
            }
            "--twin" => {
                let twin = value();
                (wanted.faulty, wanted.healthy) = (twin == "faulty", twin == "healthy");
            }
            "--part" => {
                let part = value();
                wanted.parts.retain(|known| known.name == part);
                assert!(!wanted.parts.is_empty(), "one of the parts");
            }
            "--verbose" => wanted.verbose = true,
            option if option.starts_with('-') => panic!("there is no {option}"),
            _ => wanted.name = Some(argument),
        }
    }
    wanted
}

#[derive(Debug, Default)]
struct Totals {
    planted: usize,
    found: usize,
    shortest: usize,
    fails_again: usize,
    passes_mended: usize,
    extra: usize,
    healthy_runs: usize,
    alarms: usize,
    slowest: Duration,
}

impl Totals {
    #[expect(clippy::print_stdout, reason = "a bench prints")]
    fn print(&self) {
        println!("\nplanted faults found              {} of {}", self.found, self.planted);
        println!("slowest                           {:.1?}", self.slowest);
        println!("equal to the table's shortest     {} of {}", self.shortest, self.planted);
        println!("replay fails on a fresh faulty    {} of {}", self.fails_again, self.planted);
        println!("replay passes on a fresh healthy  {} of {}", self.passes_mended, self.planted);
        println!("findings that show no row         {}", self.extra);
        println!("findings on the healthy twin      {} in {} runs", self.alarms, self.healthy_runs);
    }
}

fn settings(wanted: &Wanted, part: &Part, seed: u64, table: &[Planted]) -> Settings {
    let include = match wanted.name {
        Some(_) => table.iter().flat_map(rig::about).collect(),
        None => Vec::new(),
    };
    let (max_time, phases) = (wanted.time.unwrap_or(part.time), (part.phases)());
    Settings { max_time, include, phases, ..rig::settings(seed) }
}

/// The rows that are asked for.
fn table(wanted: &Wanted, shop: &Shop) -> Vec<Planted> {
    let mut table = faults(shop);
    table.retain(|planted| wanted.name.as_ref().is_none_or(|name| planted.name.contains(name)));
    table
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
async fn faulty(wanted: &Wanted, part: &Part, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: false };
    let table = table(wanted, &shop);
    if !table.iter().any(part.holds) {
        return;
    }
    let rig = Rig::open(shop).await;
    let run = rig.run(settings(wanted, part, seed, &table)).await;
    tell(&format!("seed {seed}, faulty, {}", part.name), &run, wanted);
    println!(
        "  fault            check                         found after  probes  minimal   replay"
    );
    let (rows, rest) = assign(&rig.executor.service, &table, &run.found);
    for (planted, row) in table.iter().zip(rows).filter(|(planted, _)| (part.holds)(planted)) {
        totals.planted += 1;
        let Some((timed, size)) = row else {
            println!("  {:16} {:28}  NOT FOUND", planted.name, planted.check);
            continue;
        };
        let case = &timed.finding.finding;
        let mut again = Verdict::Failed;
        for _ in 0..part.replays {
            let verdict = fresh(seed, false, timed).await;
            again = if again == Verdict::Failed { verdict } else { again };
        }
        let mended = fresh(seed, true, timed).await;
        totals.found += 1;
        totals.slowest = totals.slowest.max(timed.after);
        totals.shortest += usize::from(size == Size::Shortest);
        totals.fails_again += usize::from(again == Verdict::Failed);
        totals.passes_mended += usize::from(mended == Verdict::Ok);
        println!(
            "  {:16} {:28} {:10.1?} {:7}  {:8}  {again:?}, mended {mended:?}",
            planted.name,
            planted.check,
            timed.after,
            timed.finding.probes,
            format!("{size:?}"),
        );
        if size != Size::Shortest {
            println!("      found    {}", shown(case));
            println!("      shortest {}", shown(&finding(planted)));
        }
    }
    totals.extra += rest.len();
    rest.into_iter().for_each(tell_finding);
    rig.close();
}

/// What a replay says on a shop that no one called before.
async fn fresh(seed: u64, healthy: bool, timed: &Timed) -> Verdict {
    let rig = Rig::open(Shop { seed, healthy }).await;
    let verdict = rig.replay(&timed.finding.finding).await;
    rig.close();
    verdict
}

async fn healthy(wanted: &Wanted, part: &Part, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: true };
    let table = table(wanted, &shop);
    let rig = Rig::open(shop).await;
    let settings = Settings { phases: rig::all_phases(), ..settings(wanted, part, seed, &table) };
    let run = rig.run(settings).await;
    tell(&format!("seed {seed}, healthy"), &run, wanted);
    totals.healthy_runs += 1;
    totals.alarms += run.found.len();
    run.found.iter().for_each(tell_finding);
    rig.close();
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn tell_finding(timed: &Timed) {
    let found = &timed.finding;
    println!(
        "  FALSE OR TWICE {} {} {} after {:.1?}, {} probes: {}\n      {}",
        found.id,
        found.operation,
        found.finding.check,
        timed.after,
        found.probes,
        found.finding.why,
        shown(&found.finding),
    );
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn tell(what: &str, run: &Run, wanted: &Wanted) {
    let summary = &run.summary;
    println!(
        "\n{what}: {} cases, {} requests in {:.1?}, {} findings, {} inconclusive{}",
        summary.cases,
        summary.requests,
        summary.took,
        summary.found.len(),
        summary.inconclusive.len(),
        summary.stopped.as_ref().map_or(String::new(), |why| format!(", stopped: {why}")),
    );
    println!("  {}", run.phases.join(", "));
    for why in &summary.inconclusive {
        println!("  inconclusive: {why}");
    }
    for operation in &summary.operations {
        if wanted.verbose || operation.untested.is_some() {
            println!(
                "  {} {} {:?} {}",
                operation.name,
                operation.cases,
                operation.statuses,
                operation.untested.as_deref().unwrap_or_default()
            );
        }
    }
}
