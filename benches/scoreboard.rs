//! The embedded service over seeds: which planted faults are found, how fast, how small, whether
//! replays are right both ways, and what is found that is none.
//!
//! `cargo bench --bench scoreboard -- [--seeds 0,1,2] [--seconds 30] [--twin faulty|healthy] [NAME]`

#[path = "../tests/it/planted/rig.rs"]
mod rig;

use std::time::Duration;

use phi_fuzz::campaign::{Settings, Summary, Verdict};
use phi_fuzz::demo::{Planted, Shop, faults};
use rig::{Rig, Size, Timed, assign, finding, shown};

/// What the command line asks for.
#[derive(Debug)]
struct Wanted {
    seeds: Vec<u64>,
    time: Duration,
    faulty: bool,
    healthy: bool,
    /// Only planted faults whose name has this in it, each alone with its operation.
    name: Option<String>,
    verbose: bool,
}

fn main() {
    let wanted = wanted();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut totals = Totals::default();
    for seed in &wanted.seeds {
        if wanted.faulty {
            runtime.block_on(faulty(&wanted, *seed, &mut totals));
        }
        if wanted.healthy {
            runtime.block_on(healthy(&wanted, *seed, &mut totals));
        }
    }
    totals.print();
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seeds: vec![0, 1, 2, 3, 4],
        time: Duration::from_secs(30),
        faulty: true,
        healthy: true,
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
                wanted.time = Duration::from_secs_f64(value().parse().expect("seconds"));
            }
            "--twin" => {
                let twin = value();
                (wanted.faulty, wanted.healthy) = (twin == "faulty", twin == "healthy");
            }
            "--verbose" => wanted.verbose = true,
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

fn settings(wanted: &Wanted, seed: u64, table: &[Planted]) -> Settings {
    let include = match wanted.name {
        Some(_) => table.iter().flat_map(|planted| rig::only(&planted.operation)).collect(),
        None => Vec::new(),
    };
    Settings { max_time: wanted.time, include, ..rig::settings(seed) }
}

/// The rows that are asked for.
fn table(wanted: &Wanted, shop: &Shop) -> Vec<Planted> {
    let mut table = faults(shop);
    table.retain(|planted| wanted.name.as_ref().is_none_or(|name| planted.name.contains(name)));
    table
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
async fn faulty(wanted: &Wanted, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: false };
    let table = table(wanted, &shop);
    let rig = Rig::open(shop).await;
    let (summary, found) = rig.run(settings(wanted, seed, &table)).await;
    tell(&format!("seed {seed}, faulty"), &summary, wanted);
    println!(
        "  fault            check                         found after  probes  minimal   replay"
    );
    let (rows, rest) = assign(&rig.executor.service, &table, &found);
    for (planted, row) in table.iter().zip(rows) {
        totals.planted += 1;
        let Some((timed, size)) = row else {
            println!("  {:16} {:28}  NOT FOUND", planted.name, planted.check);
            continue;
        };
        let case = &timed.finding.finding;
        let again = fresh(seed, false, timed).await;
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

async fn healthy(wanted: &Wanted, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: true };
    let table = table(wanted, &shop);
    let rig = Rig::open(shop).await;
    let (summary, found) = rig.run(settings(wanted, seed, &table)).await;
    tell(&format!("seed {seed}, healthy"), &summary, wanted);
    totals.healthy_runs += 1;
    totals.alarms += found.len();
    found.iter().for_each(tell_finding);
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
fn tell(what: &str, summary: &Summary, wanted: &Wanted) {
    println!(
        "\n{what}: {} cases, {} requests in {:.1?}, {} findings, {} inconclusive{}",
        summary.cases,
        summary.requests,
        summary.took,
        summary.found.len(),
        summary.inconclusive.len(),
        summary.stopped.as_ref().map_or(String::new(), |why| format!(", stopped: {why}")),
    );
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
