//! How long the largest documents take to load: read, resolved, every operation understood.
//!
//! The documents of the shared folder (`PHI_SHARED`, else `../shared`) where it is there, else those
//! of the tests. The bar is 300 ms for the largest.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use phi_fuzz::spec::load;

/// So many documents, the largest first.
const DOCUMENTS: usize = 8;

/// So many times each.
const TIMES: usize = 9;

const BAR: Duration = Duration::from_millis(300);

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("document                                   KiB  operations  median   worst");
    let mut slowest = Duration::ZERO;
    for path in largest()? {
        let source = path.display().to_string();
        let mut times = Vec::new();
        let mut operations = 0;
        for _ in 0..TIMES {
            let begin = Instant::now();
            let loaded = runtime.block_on(load::load(&source, &load::Options::default()))?;
            times.push(begin.elapsed());
            operations = loaded.service.operations.len();
        }
        times.sort_unstable();
        let (median, worst) = (times[TIMES / 2], times[TIMES - 1]);
        slowest = slowest.max(median);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let size = std::fs::metadata(&path)?.len() >> 10;
        println!("{name:40} {size:5} {operations:11} {median:7.1?} {worst:7.1?}");
    }
    println!("slowest median {slowest:.1?}, bar {BAR:?}");
    Ok(())
}

fn largest() -> std::io::Result<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared =
        std::env::var_os("PHI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let shared = shared.join("specs/openapi");
    let folder = if shared.is_dir() { shared } else { root.join("tests/fixtures") };
    let mut documents: Vec<(u64, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let known = path.extension().is_some_and(|kind| kind == "json" || kind == "yaml");
        if known && entry.file_type()?.is_file() {
            documents.push((entry.metadata()?.len(), path));
        }
    }
    documents.sort_unstable_by(|a, b| b.cmp(a));
    Ok(documents.into_iter().take(DOCUMENTS).map(|(_, path)| path).collect())
}
