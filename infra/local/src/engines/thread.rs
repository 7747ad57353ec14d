//! A thread with a runtime of its own for each engine: one that blocks its worker, as DynamoDB's does, holds up nobody else.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use super::error::StartError;

/// Longest wait for requests that are still running when an engine is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// An engine at work. Dropping it tells it to stop and does not wait.
pub(super) struct EngineThread {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl EngineThread {
    /// Listens on a loopback port (0 for a free one) and serves there until stopped. `serve` must return soon after its
    /// second argument resolves.
    pub(super) fn spawn<Serving>(
        engine: &'static str,
        port: u16,
        serve: impl FnOnce(TcpListener, oneshot::Receiver<()>) -> Serving + Send + 'static,
    ) -> Result<Self, StartError>
    where
        Serving: Future<Output = ()>,
    {
        let failed = |source| StartError::Port { engine, port, source };
        let (stop, stopped) = oneshot::channel();
        let (listening, bound) = std::sync::mpsc::channel();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let prepared = runtime.and_then(|runtime| {
                let listener = runtime.block_on(async { bind(port) })?;
                Ok((listener.local_addr()?, listener, runtime))
            });
            match prepared {
                Ok((address, listener, runtime)) => {
                    // Nobody waits for the address any more: then nobody will stop this thread either.
                    if listening.send(Ok(address)).is_ok() {
                        runtime.block_on(serve(listener, stopped));
                    }
                }
                Err(error) => drop(listening.send(Err(error))),
            }
        };
        let thread = std::thread::Builder::new().name(format!("engine-{engine}")).spawn(run).map_err(failed)?;
        let address = bound.recv().map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)?;
        Ok(Self { address, stop, thread })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells the engine to stop and waits for it, for a few seconds at most.
    pub(super) async fn stop(self) {
        let _already_stopped = self.stop.send(());
        let waiting = tokio::task::spawn_blocking(move || self.thread.join());
        if tokio::time::timeout(LAST_REQUESTS, waiting).await.is_err() {
            eprintln!("an engine is still busy after {} s and is left to itself", LAST_REQUESTS.as_secs());
        }
    }
}

/// A socket's own options pass on to what it accepts, here not to wait for more to send (54 → 1,287 GET/s of S3).
fn bind(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_nodelay(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}
