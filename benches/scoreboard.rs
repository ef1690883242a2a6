//! The embedded service over seeds: which planted faults are found, how fast, how small, whether
//! replays are right both ways, and what is found that is none.
//!
//! What one call shows is looked for in one run, what takes a history in a longer one. With `--busy` another
//! process keeps all cores busy meanwhile.
//!
//! `cargo bench --bench scoreboard -- [--seeds 0,1,2] [--seconds 30] [--twin faulty|healthy]
//! [--part calls|histories|timing|rpc] [--replays 10] [--busy] [NAME]`

#[path = "../tests/it/planted/rig.rs"]
mod rig;

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use phi_fuzz::campaign::{Phase, Settings, Verdict};
use phi_fuzz::demo::{Planted, Shop};
use rig::{Face, Run, Size, Timed, assign, finding, shown};

/// What the command line asks for.
#[derive(Debug)]
struct Wanted {
    seeds: Vec<u64>,
    /// In the place of each part's own time.
    time: Option<Duration>,
    /// The only twin that is run, where one was named.
    twin: Option<String>,
    parts: Vec<Part>,
    /// Only planted faults whose name has this in it, each alone with its operation.
    name: Option<String>,
    verbose: bool,
    /// Whether the cores have something else to do, too.
    busy: bool,
}

impl Wanted {
    fn runs(&self, twin: &str) -> bool {
        self.twin.as_ref().is_none_or(|only| only == twin)
    }
}

/// Rows of the table that are looked for in one run.
#[derive(Clone, Copy, Debug)]
struct Part {
    name: &'static str,
    /// How long the run takes.
    time: Duration,
    /// How often each finding is replayed, on fresh faulty services and on fresh mended ones.
    replays: usize,
    phases: fn() -> Vec<Phase>,
    holds: fn(&Planted) -> bool,
    face: Face,
}

const PARTS: [Part; 4] = [
    Part {
        name: "calls",
        time: Duration::from_secs(30),
        replays: 1,
        phases: rig::untimed,
        holds: |planted| !rig::is_history(planted) && !rig::is_timed(planted),
        face: Face::Rest,
    },
    Part {
        name: "histories",
        time: Duration::from_secs(60),
        replays: 10,
        phases: rig::untimed,
        holds: rig::is_history,
        face: Face::Rest,
    },
    Part {
        name: "timing",
        time: Duration::from_secs(90),
        replays: 4,
        phases: || vec![Phase::Examples, Phase::Timing, Phase::Races],
        holds: rig::is_timed,
        face: Face::Rest,
    },
    Part {
        name: "rpc",
        time: Duration::from_secs(60),
        replays: 4,
        phases: rig::all_phases,
        holds: |_| true,
        face: Face::Rpc,
    },
];

/// What this very program is called with to keep the cores busy.
const BURN: &str = "--burn";

/// Another process that keeps all cores busy, until it is dropped.
struct Burner(std::process::Child);

impl Burner {
    fn begin() -> std::io::Result<Self> {
        let program = std::env::current_exe()?;
        Ok(Self(
            std::process::Command::new(program)
                .arg(BURN)
                .stdin(std::process::Stdio::piped())
                .spawn()?,
        ))
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Keeps all cores busy until the one who began it is gone.
fn burn() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for _ in 0..cores {
        std::thread::spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        });
    }
    let _ = std::io::stdin().read_line(&mut String::new());
}

fn main() {
    if std::env::args().any(|argument| argument == BURN) {
        return burn();
    }
    let wanted = wanted();
    let _burner = wanted.busy.then(|| Burner::begin().expect("another process"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut totals = Totals::default();
    for seed in &wanted.seeds {
        for part in wanted.parts.iter().filter(|_| wanted.runs("faulty")) {
            runtime.block_on(faulty(&wanted, part, *seed, &mut totals));
        }
        // The longest one of each face: what a shorter one shows, it shows, too.
        for face in [Face::Rest, Face::Rpc] {
            let parts = wanted.parts.iter().filter(|part| part.face == face);
            let longest = parts.max_by_key(|part| part.time);
            if let Some(part) = longest.filter(|_| wanted.runs("healthy")) {
                runtime.block_on(healthy(&wanted, part, *seed, &mut totals));
            }
        }
    }
    totals.print();
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        seeds: vec![0, 1, 2, 3, 4],
        time: None,
        twin: None,
        parts: PARTS.to_vec(),
        name: None,
        verbose: false,
        busy: false,
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
                wanted.twin = Some(value());
            }
            "--part" => {
                let part = value();
                wanted.parts.retain(|known| known.name == part);
                assert!(!wanted.parts.is_empty(), "one of the parts");
            }
            "--replays" => {
                let replays = value().parse().expect("a number");
                wanted.parts.iter_mut().for_each(|part| part.replays = replays);
            }
            "--verbose" => wanted.verbose = true,
            "--busy" => wanted.busy = true,
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
    replays: usize,
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
        println!("replay fails on a fresh faulty    {} of {}", self.fails_again, self.replays);
        println!("replay passes on a fresh healthy  {} of {}", self.passes_mended, self.replays);
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
fn table(wanted: &Wanted, part: &Part, shop: &Shop) -> Vec<Planted> {
    let mut table = part.face.faults(shop);
    table.retain(|planted| wanted.name.as_ref().is_none_or(|name| planted.name.contains(name)));
    table
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
async fn faulty(wanted: &Wanted, part: &Part, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: false };
    let table = table(wanted, part, &shop);
    if !table.iter().any(part.holds) {
        return;
    }
    let rig = part.face.open(shop).await;
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
        let again = right(&replayed(part, seed, false, timed).await, Verdict::Failed);
        let mended = right(&replayed(part, seed, true, timed).await, Verdict::Ok);
        totals.found += 1;
        totals.replays += part.replays;
        totals.slowest = totals.slowest.max(timed.after);
        totals.shortest += usize::from(size == Size::Shortest);
        totals.fails_again += again.0;
        totals.passes_mended += mended.0;
        println!(
            "  {:16} {:28} {:10.1?} {:7}  {:8}  {}, mended {}",
            planted.name,
            planted.check,
            timed.after,
            timed.finding.probes,
            format!("{size:?}"),
            again.1,
            mended.1,
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

/// How many replays say what they must, and how that is told: `10 Failed`, `9 Failed, 1 Flaky`.
fn right(verdicts: &[Verdict], must: Verdict) -> (usize, String) {
    let mut counts: Vec<(Verdict, usize)> = vec![(must, 0)];
    for verdict in verdicts {
        match counts.iter_mut().find(|(known, _)| known == verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((*verdict, 1)),
        }
    }
    let told: Vec<String> =
        counts.iter().map(|(verdict, count)| format!("{count} {verdict:?}")).collect();
    (counts[0].1, told.join(", "))
}

/// What so many replays say, each on a shop of its own; at once where that takes nothing from what they show.
async fn replayed(part: &Part, seed: u64, healthy: bool, timed: &Timed) -> Vec<Verdict> {
    let count = part.replays;
    let is_race = timed.finding.finding.case.steps.iter().any(|step| step.calls().len() > 1);
    let width = if is_race && !healthy { 1 } else { count };
    let replays = (0..count).map(|_| fresh(part, seed, healthy, timed));
    stream::iter(replays).buffered(width).collect().await
}

/// What a replay says on a shop that no one called before.
async fn fresh(part: &Part, seed: u64, healthy: bool, timed: &Timed) -> Verdict {
    let rig = part.face.open(Shop { seed, healthy }).await;
    let verdict = rig.replay(&timed.finding.finding).await;
    rig.close();
    verdict
}

async fn healthy(wanted: &Wanted, part: &Part, seed: u64, totals: &mut Totals) {
    let shop = Shop { seed, healthy: true };
    let table = table(wanted, part, &shop);
    let rig = part.face.open(shop).await;
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
