//! A service that writes down what it receives.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
}

/// What a service answers: the status line's end, header lines, a body.
pub(crate) type Answer = (&'static str, Vec<String>, String);

/// A service that writes down what it receives and answers what it is told to.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

impl Recorder {
    /// Opens a service on loopback.
    pub(crate) async fn open(answer: fn(&Received) -> Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let recorder = Self {
            address,
            received: Arc::default(),
            open: Arc::default(),
            most_open: Arc::default(),
        };
        let (received, open, most) =
            (recorder.received.clone(), recorder.open.clone(), recorder.most_open.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let (received, open) = (received.clone(), open.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, &received, answer).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        recorder
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The most connections that were open at once.
    pub(crate) fn most_open(&self) -> usize {
        self.most_open.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    received: &Mutex<Vec<Received>>,
    answer: fn(&Received) -> Answer,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some(head) = read_until(&mut stream, &mut buffer, b"\r\n\r\n").await? else {
            return Ok(());
        };
        let head = String::from_utf8_lossy(&head).into_owned();
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
            })
            .unwrap_or(0_usize);
        while buffer.len() < length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        buffer.drain(..length);
        // A chunked body is not read: the connection ends with the answer.
        let chunked = head.to_ascii_lowercase().contains("\r\ntransfer-encoding:");
        let mut words = head.split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let request = Received { method: word(), target: word(), head: head.clone() };
        let (status, headers, text) = answer(&request);
        received.lock().unwrap().push(request.clone());
        let headers = headers.into_iter().map(|line| line + "\r\n").collect::<String>();
        let text = if request.method == "HEAD" { String::new() } else { text };
        let reply =
            format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{text}", text.len());
        stream.write_all(reply.as_bytes()).await?;
        if chunked {
            return Ok(());
        }
    }
}

async fn read_until(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    end: &[u8],
) -> std::io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(at) = buffer.windows(end.len()).position(|window| window == end) {
            return Ok(Some(buffer.drain(..at + end.len()).collect()));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}
