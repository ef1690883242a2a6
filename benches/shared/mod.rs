//! A service in a process of its own: the bench again, by an argument.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// The argument that makes a bench the service.
pub(crate) const SERVE: &str = "--serve";

pub(crate) type Failure = Box<dyn std::error::Error>;

/// The service in its own process; ends with this.
pub(crate) struct Service {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Service {
    /// Starts it; it tells its address in its first line.
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut process =
            Command::new(std::env::current_exe()?).arg(SERVE).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stdout = process.stdout.take().ok_or("the service has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self { process, address: line.trim().parse()? })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a service on one thread.
pub(crate) fn serve(service: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(service)
}

/// So many a second.
pub(crate) fn per_second(cases: u64, took: std::time::Duration) -> f64 {
    cases as f64 / took.as_secs_f64()
}
