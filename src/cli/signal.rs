//! Signals: the first one asks the campaign to end, the second ends at once.

use std::io::Write as _;
use std::time::Duration;

use super::Exit;
use crate::campaign::Stop;

/// SIGINT (POSIX.1-2024, `signal.h`).
const INTERRUPT: i32 = 2;
/// SIGTERM.
const TERMINATE: i32 = 15;

/// So long it takes to kill what hooks have started.
const PARTING: Duration = Duration::from_millis(100);

/// Listens for signals from now on. Must be called inside a runtime.
pub(super) fn listen(stop: Stop) {
    tokio::spawn(async move {
        let first = next().await;
        stop.by_signal(first);
        // Whoever pressed Ctrl-C should see that it was heard.
        let _ =
            writeln!(std::io::stderr(), "ending: what is found is kept; once more ends at once");
        let second = next().await;
        stop.by_signal(second);
        tokio::time::sleep(PARTING).await;
        end_now(Exit::of_signal(second));
    });
}

#[expect(clippy::exit, reason = "a second signal must not wait for anything")]
fn end_now(exit: Exit) -> ! {
    std::process::exit(exit.code().into())
}

/// The number of the next signal.
pub(super) async fn next() -> i32 {
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        return tokio::select! {
            _ = terminate.recv() => TERMINATE,
            number = interrupted() => number,
        };
    }
    interrupted().await
}

async fn interrupted() -> i32 {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without handlers the system's own way ends the process.
        std::future::pending::<()>().await;
    }
    INTERRUPT
}
