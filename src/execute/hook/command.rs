//! Commands in a shell, bounded in time and in what they say.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

/// More than this is not kept of what a command says, in octets.
const MOST: usize = 1 << 20;

/// So long after a command has ended its last words are waited for: what it started may still hold
/// its outputs.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What is kept of standard error in a message, in characters.
const SHOWN: usize = 400;

/// Runs a command to its end; gives what it wrote to standard output. Where this future is dropped,
/// the command is killed with all it started.
///
/// # Errors
/// It cannot be started, fails, or takes longer than `limit`; with the end of its standard error.
pub(super) async fn run(
    command: &str,
    folder: Option<&Path>,
    env: &[(&str, &str)],
    limit: Duration,
) -> Result<Vec<u8>, String> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Of its own, so that Ctrl-C is for us alone, and all of it can be killed.
    #[cfg(unix)]
    shell.process_group(0);
    if let Some(folder) = folder {
        shell.current_dir(folder);
    }
    let mut child = shell.spawn().map_err(|error| format!("cannot start a shell: {error}"))?;
    let mut group = Group(child.id());
    let (out, err) = (Heard::of(child.stdout.take()), Heard::of(child.stderr.take()));
    let ended = tokio::time::timeout(limit, child.wait()).await;
    let status = match ended {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => return Err(format!("cannot be waited for: {error}")),
        Err(_) => {
            drop(group);
            return Err(format!("did not end within {limit:?}{}", err.last_words()));
        }
    };
    group.0 = None;
    let _ = tokio::time::timeout(LAST_WORDS, async {
        out.to_its_end().await;
        err.to_its_end().await;
    })
    .await;
    if status.success() {
        return Ok(out.take());
    }
    let how = match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        None => "was killed".to_owned(),
    };
    Err(format!("{how}{}", err.last_words()))
}

/// A command with all it started, killed when this is dropped before its end.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            // That it ended just now is no harm.
            let _ = std::process::Command::new("sh")
                .args(["-c", &format!("kill -KILL -{id}")])
                .stderr(Stdio::null())
                .status();
        }
    }
}

/// What an output says, read as it comes: also beyond the end of the command, so that what it started
/// is not stopped by a full pipe.
struct Heard {
    octets: Arc<Mutex<Vec<u8>>>,
    ended: tokio::sync::watch::Receiver<bool>,
}

impl Heard {
    fn of(output: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let octets = Arc::<Mutex<Vec<u8>>>::default();
        let (tell, ended) = tokio::sync::watch::channel(false);
        let kept = Arc::clone(&octets);
        tokio::spawn(async move {
            if let Some(mut output) = output {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = output.read(&mut buffer).await {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    let room = MOST.saturating_sub(kept.len()).min(count);
                    kept.extend_from_slice(&buffer[..room]);
                }
            }
            // No one may be left to tell.
            let _ = tell.send(true);
        });
        Self { octets, ended }
    }

    async fn to_its_end(&self) {
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.octets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `: ` and the end of what was said, where anything was.
    fn last_words(&self) -> String {
        let octets = self.take();
        let text = String::from_utf8_lossy(&octets);
        let text = text.trim();
        let skipped = text.chars().count().saturating_sub(SHOWN);
        let end: String = text.chars().skip(skipped).collect();
        if end.is_empty() { String::new() } else { format!(": {end}") }
    }
}
