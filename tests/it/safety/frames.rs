//! A service that counts the frames of HTTP/2 it receives, and answers every request 404.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Types of frames (RFC 9113, section 6).
pub(super) const RST_STREAM: u8 = 0x3;
pub(super) const PING: u8 = 0x6;
pub(super) const CONTINUATION: u8 = 0x9;

const HEADERS: u8 = 0x1;
const DATA: u8 = 0x0;
const SETTINGS: u8 = 0x4;
const END_STREAM: u8 = 0x1;

/// The service.
#[derive(Debug)]
pub(super) struct Counter {
    address: SocketAddr,
    /// The most frames of a type on one connection.
    most: Arc<Mutex<BTreeMap<u8, usize>>>,
    most_open: Arc<AtomicUsize>,
}

impl Counter {
    /// Opens it on loopback.
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counter = Self { address, most: Arc::default(), most_open: Arc::default() };
        let (most, most_open) = (counter.most.clone(), counter.most_open.clone());
        tokio::spawn(async move {
            let open = Arc::new(AtomicUsize::new(0));
            while let Ok((tcp, _)) = listener.accept().await {
                most_open.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let (most, open) = (most.clone(), open.clone());
                tokio::spawn(async move {
                    let _ = serve(tcp, &most).await;
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        counter
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The most frames of a type that came over one connection.
    pub(super) fn most(&self, kind: u8) -> usize {
        self.most.lock().unwrap().get(&kind).copied().unwrap_or_default()
    }

    /// The most connections that were open at once.
    pub(super) fn most_open(&self) -> usize {
        self.most_open.load(Ordering::SeqCst)
    }
}

async fn serve(mut tcp: TcpStream, most: &Mutex<BTreeMap<u8, usize>>) -> std::io::Result<()> {
    let mut counts = BTreeMap::<u8, usize>::new();
    // The preface (section 3.4), then our own.
    tcp.read_exact(&mut [0; 24]).await?;
    tcp.write_all(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]).await?;
    loop {
        let mut header = [0; 9];
        tcp.read_exact(&mut header).await?;
        let [a, b, c, kind, flags, stream @ ..] = header;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        tcp.read_exact(&mut payload).await?;
        let count = counts.entry(kind).or_default();
        *count += 1;
        most.lock()
            .unwrap()
            .entry(kind)
            .and_modify(|most| *most = *count.max(most))
            .or_insert(*count);
        match kind {
            SETTINGS if flags & 1 == 0 => {
                tcp.write_all(&[0, 0, 0, SETTINGS, 1, 0, 0, 0, 0]).await?;
            }
            PING if flags & 1 == 0 => {
                tcp.write_all(&[&[0, 0, 8, PING, 1, 0, 0, 0, 0][..], &payload].concat()).await?;
            }
            HEADERS | DATA if flags & END_STREAM != 0 => {
                // `:status: 404` alone (RFC 7541, appendix A).
                let head = [&[0, 0, 1, HEADERS, 5][..], &stream, &[0x8d]].concat();
                tcp.write_all(&head).await?;
            }
            _ => {}
        }
    }
}
