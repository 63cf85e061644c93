//! A TCP proxy that carries bytes unchanged and ends streams in the middle of a block, where it is told to.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// Ends a stream within its line number `nth` that begins with `field`, `offset` bytes after the line's start.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub(super) field: &'static str,
    pub(super) nth: usize,
    pub(super) offset: usize,
}

impl Cut {
    /// Where in the bytes of an answer the cut is, once they reach that far.
    fn find(self, bytes: &[u8]) -> Option<usize> {
        let needle = format!("\n{}: ", self.field).into_bytes();
        let mut lines = bytes
            .windows(needle.len())
            .enumerate()
            .filter(|(_, window)| *window == needle);
        let (start, _) = lines.nth(self.nth - 1)?;
        let cut = start + 1 + self.offset;
        (bytes.len() >= cut).then_some(cut)
    }
}

#[derive(Default)]
struct Plan {
    cuts: Mutex<VecDeque<Cut>>,
    made: AtomicUsize,
    refused: AtomicUsize,
    away: AtomicBool,
    went_away: Notify,
}

/// Each connection gets the next cut of the plan; those after the last one are left alone.
pub(super) struct CuttingProxy {
    address: SocketAddr,
    plan: Arc<Plan>,
    task: JoinHandle<()>,
}

impl CuttingProxy {
    pub(super) async fn start(server: SocketAddr, cuts: &[Cut]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let plan = Arc::new(Plan {
            cuts: Mutex::new(cuts.iter().copied().collect()),
            ..Plan::default()
        });
        let task = tokio::spawn(accept(listener, server, Arc::clone(&plan)));
        Self {
            address,
            plan,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn cuts_made(&self) -> usize {
        self.plan.made.load(Ordering::SeqCst)
    }

    /// Connections that were refused while the proxy was away.
    pub(super) fn refused(&self) -> usize {
        self.plan.refused.load(Ordering::SeqCst)
    }

    /// Ends every connection and refuses new ones.
    pub(super) fn go_away(&self) {
        self.plan.away.store(true, Ordering::SeqCst);
        self.plan.went_away.notify_waiters();
    }

    pub(super) fn come_back(&self) {
        self.plan.away.store(false, Ordering::SeqCst);
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, plan: Arc<Plan>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        if plan.away.load(Ordering::SeqCst) {
            plan.refused.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        let plan = Arc::clone(&plan);
        tokio::spawn(async move {
            let went_away = plan.went_away.notified();
            tokio::select! {
                _ = carry(client, server, &plan) => {}
                () = went_away => {}
            }
        });
    }
}

/// Carries bytes both ways until either side ends or the cut is reached.
async fn carry(mut client: TcpStream, server: SocketAddr, plan: &Plan) -> std::io::Result<()> {
    let cut = plan
        .cuts
        .lock()
        .expect("no thread panics while it holds this")
        .pop_front();
    let mut server = TcpStream::connect(server).await?;
    let (mut upwards, mut downwards) = ([0; 4096], [0; 16_384]);
    let mut answer = Vec::new();
    loop {
        tokio::select! {
            count = client.read(&mut upwards) => match count? {
                0 => return Ok(()),
                count => server.write_all(&upwards[..count]).await?,
            },
            count = server.read(&mut downwards) => match count? {
                0 => return Ok(()),
                count => {
                    let carried = answer.len();
                    answer.extend_from_slice(&downwards[..count]);
                    if let Some(end) = cut.and_then(|cut| cut.find(&answer)) {
                        client.write_all(&answer[carried..end.max(carried)]).await?;
                        plan.made.fetch_add(1, Ordering::SeqCst);
                        return client.shutdown().await;
                    }
                    client.write_all(&answer[carried..]).await?;
                }
            },
        }
    }
}
