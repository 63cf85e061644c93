//! The load generator: one thread with one epoll instance, which reads streams and sends requests.

pub(crate) mod clock;
pub(crate) mod flood;
pub(crate) mod histogram;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod marker;
pub(crate) mod poller;
mod readers;
pub(crate) mod requesters;

use crate::Result;
use clock::{Clock, nanos};
use ledger::Ledger;
use poller::Poller;
use readers::Readers;
use requesters::{Compose, Plan, Requesters};
use std::{net::SocketAddr, time::Duration};

/// Number of connections that are opened concurrently, unless all are opened at once.
const OPENING: usize = 128;
/// A server that takes longer than this for any response has failed.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Longest sleep of the generator in nanoseconds, if it may sleep.
const SLEEP_MAX: u64 = 10_000_000;
/// First name of the sockets of requesters; lower names are those of streams.
const REQUESTERS: u64 = 1 << 32;

pub(crate) struct Load {
    address: SocketAddr,
    polls: bool,
    poller: Poller,
    names: Vec<u64>,
    pub(crate) clock: Clock,
    pub(crate) readers: Readers,
    pub(crate) requesters: Requesters,
    /// Time limit for any operation, in addition to its planned duration.
    pub(crate) patience: Duration,
    /// Time with work to do, in nanoseconds.
    pub(crate) busy: u64,
}

impl Load {
    /// Creates a generator for the server at this address. If `polls` is set, it never sleeps.
    pub(crate) fn new(address: SocketAddr, polls: bool) -> Result<Self> {
        Ok(Self {
            address,
            polls,
            poller: Poller::new()?,
            names: Vec::new(),
            clock: Clock::start(),
            readers: Readers::new(),
            requesters: Requesters::none(),
            patience: TIMEOUT,
            busy: 0,
        })
    }

    /// Opens streams, a few at a time, and waits until all have a response.
    pub(crate) fn open(&mut self, requests: impl Iterator<Item = String>) -> Result<()> {
        for request in requests {
            self.readers.begin(&self.poller, self.address, request)?;
            while self.readers.count() - self.readers.open >= OPENING {
                self.turn()?;
            }
        }
        self.until("streams", |load| load.readers.open == load.readers.count())
    }

    /// Starts to open streams, all at once.
    pub(crate) fn begin_all(&mut self, requests: impl Iterator<Item = String>) -> Result<()> {
        for request in requests {
            self.readers.begin(&self.poller, self.address, request)?;
        }
        Ok(())
    }

    /// Connects requesters, and starts a ledger of their posts for this many of the streams.
    pub(crate) fn connect(
        &mut self,
        count: usize,
        listeners: usize,
        compose: Compose,
    ) -> Result<()> {
        let names = (0..count as u64).map(|index| REQUESTERS + index);
        self.requesters = Requesters::connect(&self.poller, self.address, names, compose)?;
        self.readers.ledger = Ledger::new(listeners, count);
        self.until("connections", |load| load.requesters.all_idle())
    }

    /// Starts a ledger in which this many of the streams are to receive the messages that were already posted.
    pub(crate) fn expect(&mut self, posted: Vec<u32>, listeners: usize) {
        self.readers.ledger = Ledger::new(listeners, posted.len());
        self.requesters.asked = posted;
    }

    /// Runs a plan until every request is sent and answered.
    pub(crate) fn carry_out(&mut self, plan: Plan) -> Result<()> {
        self.requesters.start(plan);
        let started = self.clock.now();
        let planned = match plan {
            Plan::OpenLoop { every, total, .. } => every * total,
            Plan::ClosedLoop { until, .. } => {
                until.saturating_sub(started).min(nanos(self.patience))
            }
        };
        let patience = Duration::from_nanos(planned) + self.patience;
        self.until_in("answers", patience, |load| {
            load.requesters.finished(load.clock.now())
        })
    }

    /// Sends this many requests; each connection sends the next one as soon as the last one is answered.
    pub(crate) fn ask(&mut self, count: u64) -> Result<()> {
        self.carry_out(Plan::ClosedLoop {
            left: count,
            until: u64::MAX,
        })
    }

    /// Waits until all listeners have received all posts, and checks the ledger.
    pub(crate) fn deliver(&mut self, listeners: usize) -> Result<()> {
        let posted: u64 = self
            .requesters
            .asked
            .iter()
            .map(|&count| u64::from(count))
            .sum();
        let expected = posted * listeners as u64;
        let all = self.until("deliveries", |load| {
            load.readers.ledger.received() >= expected
        });
        match self.check() {
            Ok(()) => all,
            faults => faults,
        }
    }

    /// Returns an error unless each message was delivered exactly once and in order.
    pub(crate) fn check(&self) -> Result<()> {
        let books = self.readers.ledger.close(&self.requesters.asked);
        books.map_err(|faults| faults.to_string().into())
    }

    /// Runs the event loop for a while.
    pub(crate) fn rest(&mut self, time: Duration) -> Result<()> {
        let end = self.clock.now() + nanos(time);
        while self.clock.now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Runs the event loop until a condition is met.
    pub(crate) fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) -> Result<()> {
        self.until_in(what, self.patience, done)
    }

    fn until_in(
        &mut self,
        what: &str,
        patience: Duration,
        done: impl Fn(&Self) -> bool,
    ) -> Result<()> {
        let end = self.clock.now() + nanos(patience);
        while !done(self) {
            self.turn()?;
            if self.clock.now() > end {
                return Err(format!("timed out after {patience:?}: {what}").into());
            }
        }
        Ok(())
    }

    /// Sends due requests, and processes pending events.
    fn turn(&mut self) -> Result<()> {
        let now = self.clock.now();
        self.requesters.send_due(now)?;
        let wait = if self.polls {
            0
        } else {
            let due = self.requesters.due().unwrap_or(u64::MAX);
            due.saturating_sub(now).min(SLEEP_MAX)
        };
        let mut names = std::mem::take(&mut self.names);
        self.poller
            .wait(Some(Duration::from_nanos(wait)), &mut names)?;
        let began = self.clock.now();
        for &name in &names {
            match name.checked_sub(REQUESTERS) {
                Some(requester) => self.requesters.advance(requester as usize, self.clock)?,
                None => self.readers.advance(name as usize, self.clock)?,
            }
            // With many streams this takes long; due requests must not be delayed by it.
            if self.requesters.due().is_some() {
                self.requesters.send_due(self.clock.now())?;
            }
        }
        if !names.is_empty() {
            self.busy += self.clock.now() - began;
        }
        self.names = names;
        Ok(())
    }
}
