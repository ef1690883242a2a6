//! The server: HTTP/1.1, and HTTP/2 with prior knowledge, on one port.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::Shop;
use super::service::{self, Aborted};

/// The most octets of a request's head; more is answered with 431.
const MOST_HEAD: usize = 16 * 1024;

/// The most connections at a time.
const MOST_CONNECTIONS: usize = 1024;

type App = TowerToHyperService<axum::Router>;

/// Serves a shop on a listener, until the future is dropped.
///
/// # Errors
/// A shop whose own document is wrong.
pub async fn serve(listener: TcpListener, shop: Shop) -> io::Result<()> {
    let app = TowerToHyperService::new(service::open(&shop).map_err(io::Error::other)?);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let place = Arc::clone(&room).acquire_owned().await.map_err(io::Error::other)?;
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptors left: some connection has to end first.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let app = app.clone();
        connections.spawn(async move {
            talk(stream, app).await;
            drop(place);
        });
    }
}

/// Serves one connection to its end.
async fn talk(stream: TcpStream, app: App) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let app = app.clone();
        async move { answer(&app, request).await }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .max_buf_size(MOST_HEAD)
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(30));
    builder.http2().timer(TokioTimer::new()).max_header_list_size(MOST_HEAD as u32);
    // A client that goes away, or an answer that is none, is nothing to tell.
    let _ = stream.set_nodelay(true);
    let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
}

/// An answer, or the error that makes hyper end the connection (HTTP/2: the stream).
async fn answer(app: &App, request: Request<Incoming>) -> Result<Response<Body>, Gone> {
    let response: Result<_, Infallible> = app.call(request).await;
    match response {
        Ok(response) if response.extensions().get::<Aborted>().is_some() => Err(Gone),
        Ok(response) => Ok(response),
    }
}

#[derive(Debug)]
struct Gone;

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the worker is gone")
    }
}

impl std::error::Error for Gone {}

/// Serves a shop on a free port of 127.0.0.1, in a thread of its own, until it is stopped.
///
/// # Errors
/// No port, no thread, or a shop whose own document is wrong.
pub fn start(shop: Shop) -> io::Result<Running> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::Builder::new().name("shop".into()).spawn(move || {
        runtime.block_on(async move {
            let served = async { serve(TcpListener::from_std(listener)?, shop).await };
            tokio::select! {
                served = served => served,
                _ = stopped => Ok(()),
            }
        })
    })?;
    Ok(Running { addr, stop: Some(stop), thread: Some(thread) })
}

/// A shop that is being served; it ends with [`Running::stop`], or when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Its address: `http://127.0.0.1:PORT`, without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// Ends it, and every connection to it.
    ///
    /// # Errors
    /// What ended it before.
    pub fn stop(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the shop's thread panicked")))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whoever wants to know calls `stop`.
        let _ = self.end();
    }
}
