//! Limits on the number of open streams, in total and per reader.

use crate::{
    auth::client::{Client, Network},
    model::ids::UserId,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Whose streams are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamReader {
    /// A person, with all devices.
    Person(UserId),
    /// The readers of a network who are not signed in.
    Network(Network),
}

impl StreamReader {
    /// Returns by what the streams of a request's sender are counted; `None` if only the total counts. As for
    /// connections, loopback addresses have no limit of their own: they are those of all users behind a reverse proxy
    /// that is not trusted.
    #[must_use]
    pub fn of(user: Option<UserId>, client: Option<&Client>) -> Option<Self> {
        let network = || client.filter(|client| !client.address.is_loopback());
        user.map(Self::Person)
            .or_else(|| network().map(|client| Self::Network(client.network())))
    }
}

/// Counts open streams.
#[derive(Debug)]
pub struct StreamLimits {
    all_max: usize,
    each_max: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    each: HashMap<StreamReader, usize>,
}

impl StreamLimits {
    /// Allows `all_max` streams in total, and `each_max` of each reader.
    #[must_use]
    pub fn new(all_max: usize, each_max: usize) -> Self {
        Self {
            all_max,
            each_max,
            counts: Mutex::default(),
        }
    }

    /// Returns a permit to open a stream; `None` at a limit.
    pub fn acquire(self: &Arc<Self>, reader: Option<StreamReader>) -> Option<StreamPermit> {
        let mut counts = self.lock();
        if counts.all >= self.all_max {
            return None;
        }
        if let Some(reader) = reader {
            let count = counts.each.get(&reader).copied().unwrap_or_default();
            if count >= self.each_max {
                return None;
            }
            counts.each.insert(reader, count + 1);
        }
        counts.all += 1;
        drop(counts);
        let limits = Arc::clone(self);
        Some(StreamPermit(Box::new(Acquired { limits, reader })))
    }

    fn release(&self, reader: Option<StreamReader>) {
        let mut counts = self.lock();
        counts.all -= 1;
        if let Some(reader) = reader
            && let Some(count) = counts.each.get_mut(&reader)
        {
            *count -= 1;
            if *count == 0 {
                counts.each.remove(&reader);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit for one open stream. Dropping it frees its place. Boxed, since the task of a stream is small.
#[derive(Debug)]
pub struct StreamPermit(Box<Acquired>);

#[derive(Debug)]
struct Acquired {
    limits: Arc<StreamLimits>,
    reader: Option<StreamReader>,
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        self.0.limits.release(self.0.reader);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_streams_and_those_of_each_reader_have_a_limit() {
        let limits = Arc::new(StreamLimits::new(4, 2));
        let person = |id| Some(StreamReader::Person(UserId(id)));
        let held = [limits.acquire(person(1)), limits.acquire(person(1))];
        assert!(held.iter().all(Option::is_some));
        assert!(limits.acquire(person(1)).is_none());
        let others = [limits.acquire(person(2)), limits.acquire(None)];
        assert!(others.iter().all(Option::is_some));
        assert!(limits.acquire(None).is_none());
        drop(held);
        assert!(limits.acquire(person(1)).is_some());
        drop(others);
        assert!(limits.lock().each.is_empty());
        assert_eq!(limits.lock().all, 0);
    }

    #[test]
    fn readers_who_are_not_signed_in_are_counted_by_network_except_on_loopback() {
        let of = |address: &str| {
            let address = address.parse().unwrap();
            let is_tls = false;
            StreamReader::of(None, Some(&Client { address, is_tls }))
        };
        assert_eq!(of("2001:db8::1"), of("2001:db8::2"));
        assert!(of("192.0.2.1").is_some());
        assert_eq!(of("127.0.0.1"), None);
    }
}
