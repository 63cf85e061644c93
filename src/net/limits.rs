//! Limits on the number of connections, in total and per address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// File descriptors reserved for the database, standard streams and libraries.
const DESCRIPTORS_RESERVED: u64 = 64;

/// Raises the soft limit on file descriptors to the hard limit, and returns how many of the `wanted` connections it
/// allows.
#[must_use]
pub fn connections_allowed(wanted: usize) -> usize {
    let limit = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "raising the limit on open files failed");
        1024
    });
    let allowed = limit.saturating_sub(DESCRIPTORS_RESERVED).max(1);
    wanted.min(usize::try_from(allowed).unwrap_or(usize::MAX))
}

/// Maximum number of connections whose first request is in progress. After a restart, thousands of streams reconnect at
/// once, and each needs about 20 KiB until it is open. The others wait with only their socket.
const ENTERING_MAX: usize = 128;

/// Counts open connections.
#[derive(Debug)]
pub(super) struct Limits {
    all: Semaphore,
    entering: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, usize>>,
    per_address: usize,
}

/// A permit to hold one connection. Dropping it frees the slot.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limits: Arc<Limits>,
    address: Option<IpAddr>,
}

impl Limits {
    pub(super) fn new(all: usize, per_address: usize) -> Self {
        Self {
            all: Semaphore::new(all),
            entering: Arc::new(Semaphore::new(ENTERING_MAX)),
            by_address: Mutex::default(),
            per_address,
        }
    }

    /// Returns a slot for a connection from `address`, or `None` at a limit. Loopback addresses have no limit of their
    /// own, since a reverse proxy on this machine forwards the connections of all users. IPv6 addresses are counted by /64
    /// prefix, which is the usual size of one customer's network.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<ConnectionSlot> {
        let permit = self.all.try_acquire().ok()?;
        let address = Some(address.to_canonical())
            .filter(|address| !address.is_loopback())
            .map(network_of);
        if let Some(address) = address {
            let mut by_address = self.lock();
            let count = by_address.get(&address).copied().unwrap_or_default();
            if count >= self.per_address {
                return None;
            }
            by_address.insert(address, count + 1);
        }
        permit.forget();
        Some(ConnectionSlot {
            limits: Arc::clone(self),
            address,
        })
    }

    fn release(&self, address: IpAddr) {
        let mut by_address = self.lock();
        if let Some(count) = by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&address);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionSlot {
    /// Waits until fewer than [`ENTERING_MAX`] connections are at their first request. Does not return `None` while the
    /// server runs.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.limits.entering).acquire_owned().await.ok()
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        if let Some(address) = self.address {
            self.limits.release(address);
        }
        // Released last, so that the connection admitted by this permit sees the reduced count of its address.
        self.limits.all.add_permits(1);
    }
}

fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_a_limit_except_loopback() {
        let limits = Arc::new(Limits::new(100, 2));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let held = [
            limits.admit(address("192.0.2.1")),
            limits.admit(address("192.0.2.1")),
        ];
        assert!(held.iter().all(Option::is_some));
        assert!(limits.admit(address("192.0.2.1")).is_none());
        assert!(
            limits.admit(address("::ffff:192.0.2.1")).is_none(),
            "the same address in another spelling"
        );
        assert!(limits.admit(address("192.0.2.2")).is_some());
        let loopback: Vec<_> = (0..10)
            .map(|_| limits.admit(address("127.0.0.1")))
            .collect();
        assert!(loopback.iter().all(Option::is_some));
        drop(held);
        assert!(limits.admit(address("192.0.2.1")).is_some());
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn a_refused_connection_is_not_counted() {
        let limits = Arc::new(Limits::new(100, 0));
        assert!(limits.admit([192, 0, 2, 1].into()).is_none());
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn all_connections_together_have_a_limit() {
        let limits = Arc::new(Limits::new(1, 10));
        let first = limits.admit([127, 0, 0, 1].into());
        assert!(first.is_some() && limits.admit([127, 0, 0, 1].into()).is_none());
        drop(first);
        assert!(limits.admit([127, 0, 0, 1].into()).is_some());
    }
}
