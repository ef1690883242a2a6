//! A server that acts out a script on each connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One thing that a server does on a connection; when its script is over it closes (FIN).
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Reads a head and as many octets as its `Content-Length` says.
    Read,
    /// Reads a head.
    ReadHead,
    /// Reads what is there until the client closes.
    ReadAll,
    Say(Vec<u8>),
    /// Says the same until the connection breaks.
    SayOn(Vec<u8>),
    /// Says octets one by one with a pause before each.
    Drip(Vec<u8>, Duration),
    Wait(Duration),
    /// Ends with RST.
    Reset,
    /// Neither reads nor answers.
    Silence,
    /// Begins the script again.
    Again,
}

pub(super) fn say(text: &str) -> Act {
    Act::Say(text.as_bytes().to_vec())
}

pub(super) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The server; gone when dropped.
#[derive(Debug)]
pub(super) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Acts out the same script on every connection.
    pub(super) async fn new(script: impl Into<Vec<Act>>) -> Self {
        Self::each([script.into()]).await
    }

    /// Acts out one script per connection, the last one for all that follow.
    pub(super) async fn each(scripts: impl Into<Vec<Vec<Act>>>) -> Self {
        let scripts = scripts.into();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        Self::by(requests, move |tcp, number| {
            let script = scripts[number.min(scripts.len() - 1)].clone();
            let seen = seen.clone();
            async move { act_out(tcp, &script, &seen).await }
        })
        .await
    }

    /// Does anything on each connection.
    pub(super) async fn doing<F>(serve: impl Fn(TcpStream, usize) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::by(Arc::default(), serve).await
    }

    async fn by<F>(
        requests: Arc<Mutex<Vec<String>>>,
        serve: impl Fn(TcpStream, usize) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        let task = tokio::spawn(async move {
            let mut served = tokio::task::JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                tcp.set_nodelay(true).unwrap();
                served.spawn(serve(tcp, count.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Self { port, connections, requests, task }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Connections accepted so far.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Requests read so far, as text.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn act_out(mut tcp: TcpStream, script: &[Act], seen: &Mutex<Vec<String>>) {
    let mut at = 0;
    while let Some(act) = script.get(at) {
        at += 1;
        match act {
            Act::Read => match read_request(&mut tcp, true).await {
                Some(text) => seen.lock().unwrap().push(text),
                None => return,
            },
            Act::ReadHead => match read_request(&mut tcp, false).await {
                Some(text) => seen.lock().unwrap().push(text),
                None => return,
            },
            Act::ReadAll => {
                let mut all = Vec::new();
                let _ = tcp.read_to_end(&mut all).await;
                seen.lock().unwrap().push(format!("{} octets", all.len()));
            }
            Act::Say(octets) => {
                let _ = tcp.write_all(octets).await;
            }
            Act::SayOn(octets) => while tcp.write_all(octets).await.is_ok() {},
            Act::Drip(octets, pause) => {
                for octet in octets {
                    tokio::time::sleep(*pause).await;
                    if tcp.write_all(&[*octet]).await.is_err() {
                        return;
                    }
                }
            }
            Act::Wait(pause) => tokio::time::sleep(*pause).await,
            Act::Reset => {
                tcp.set_zero_linger().unwrap();
                return;
            }
            Act::Silence => std::future::pending::<()>().await,
            Act::Again => at = 0,
        }
    }
}

/// Reads octet by octet, so that nothing of what follows is taken.
async fn read_request(tcp: &mut TcpStream, body: bool) -> Option<String> {
    let mut octets = Vec::new();
    while !octets.ends_with(b"\r\n\r\n") {
        octets.push(tcp.read_u8().await.ok()?);
    }
    let text = String::from_utf8_lossy(&octets).to_lowercase();
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    if let Some(length) = length.filter(|_| body) {
        let head = octets.len();
        octets.resize(head + length.parse::<usize>().unwrap(), 0);
        tcp.read_exact(&mut octets[head..]).await.ok()?;
    }
    Some(String::from_utf8_lossy(&octets).into_owned())
}
