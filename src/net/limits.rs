//! Limits on the number of connections, in total and per address, and on their time.

use crate::{
    auth::client::{Network, TrustedProxies},
    config::timeouts::Timeouts,
};
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
pub struct Limits {
    all: Semaphore,
    entering: Arc<Semaphore>,
    by_address: Mutex<HashMap<Network, usize>>,
    per_address: usize,
    proxies: TrustedProxies,
    timeouts: Timeouts,
}

/// A permit to hold one connection. Dropping it frees the slot.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limits: Arc<Limits>,
    network: Option<Network>,
}

impl Limits {
    /// Creates limits for all connections, for those of one address, and for each.
    #[must_use]
    pub fn new(
        all: usize,
        per_address: usize,
        proxies: TrustedProxies,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            all: Semaphore::new(all),
            entering: Arc::new(Semaphore::new(ENTERING_MAX)),
            by_address: Mutex::default(),
            per_address,
            proxies,
            timeouts,
        }
    }

    /// Returns a slot for a connection from `address`, or `None` at a limit. Trusted proxies and loopback addresses have
    /// no limit of their own, since a reverse proxy forwards the connections of all users. Others are counted by network.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<ConnectionSlot> {
        let permit = self.all.try_acquire().ok()?;
        let is_proxy = address.to_canonical().is_loopback() || self.proxies.contain(address);
        let network = (!is_proxy).then(|| Network::of(address));
        if let Some(network) = network {
            let mut by_address = self.lock();
            let count = by_address.get(&network).copied().unwrap_or_default();
            if count >= self.per_address {
                return None;
            }
            by_address.insert(network, count + 1);
        }
        permit.forget();
        Some(ConnectionSlot {
            limits: Arc::clone(self),
            network,
        })
    }

    fn release(&self, network: Network) {
        let mut by_address = self.lock();
        if let Some(count) = by_address.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&network);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionSlot {
    /// Returns the time limits of the connection.
    pub(super) fn timeouts(&self) -> &Timeouts {
        &self.limits.timeouts
    }

    /// Waits until fewer than [`ENTERING_MAX`] connections are at their first request. Does not return `None` while the
    /// server runs.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.limits.entering).acquire_owned().await.ok()
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        if let Some(network) = self.network {
            self.limits.release(network);
        }
        // Released last, so that the connection admitted by this permit sees the reduced count of its address.
        self.limits.all.add_permits(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(all: usize, per_address: usize) -> Arc<Limits> {
        let proxy = "198.51.100.7/32".parse().unwrap();
        let proxies = TrustedProxies::new(vec![proxy]);
        Arc::new(Limits::new(all, per_address, proxies, Timeouts::default()))
    }

    #[test]
    fn each_address_has_a_limit_except_loopback_and_trusted_proxies() {
        let limits = limits(100, 2);
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
        for proxy in ["127.0.0.1", "198.51.100.7"] {
            let admitted: Vec<_> = (0..10).map(|_| limits.admit(address(proxy))).collect();
            assert!(admitted.iter().all(Option::is_some), "{proxy}");
        }
        drop(held);
        assert!(limits.admit(address("192.0.2.1")).is_some());
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn a_refused_connection_is_not_counted() {
        let limits = limits(100, 0);
        assert!(limits.admit([192, 0, 2, 1].into()).is_none());
        assert!(limits.lock().is_empty());
    }

    #[test]
    fn all_connections_together_have_a_limit() {
        let limits = limits(1, 10);
        let first = limits.admit([127, 0, 0, 1].into());
        assert!(first.is_some() && limits.admit([127, 0, 0, 1].into()).is_none());
        drop(first);
        assert!(limits.admit([127, 0, 0, 1].into()).is_some());
    }
}
