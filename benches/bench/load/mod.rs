//! The load generator: one thread, one epoll, streams that are read and connections that ask.

pub(crate) mod askers;
pub(crate) mod clock;
pub(crate) mod histogram;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod marker;
pub(crate) mod poller;
mod readers;

use crate::Result;
use askers::{Askers, Compose, Plan};
use clock::{Clock, nanos};
use ledger::Ledger;
use poller::Poller;
use readers::Readers;
use std::{net::SocketAddr, time::Duration};

/// Connections that are being opened at the same time, unless all shall come at once.
const OPENING: usize = 128;
/// A server that takes longer for anything has failed.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the generator sleeps at most, where it may sleep.
const NAP: u64 = 10_000_000;
/// Names of the sockets of askers; below are those of streams.
const ASKERS: u64 = 1 << 32;

pub(crate) struct Load {
    address: SocketAddr,
    polls: bool,
    poller: Poller,
    names: Vec<u64>,
    pub(crate) clock: Clock,
    pub(crate) readers: Readers,
    pub(crate) askers: Askers,
    /// How long anything may take, beyond the time that was planned for it.
    pub(crate) patience: Duration,
    /// Time in which there was something to do, in nanoseconds.
    pub(crate) busy: u64,
}

impl Load {
    /// On a server at this address. One that polls never sleeps.
    pub(crate) fn new(address: SocketAddr, polls: bool) -> Result<Self> {
        Ok(Self {
            address,
            polls,
            poller: Poller::new()?,
            names: Vec::new(),
            clock: Clock::start(),
            readers: Readers::new(),
            askers: Askers::none(),
            patience: PATIENCE,
            busy: 0,
        })
    }

    /// Opens streams, a few at a time, and waits until all are answered.
    pub(crate) fn open(&mut self, requests: impl Iterator<Item = String>) -> Result<()> {
        for request in requests {
            self.readers.begin(&self.poller, self.address, request)?;
            while self.readers.count() - self.readers.open >= OPENING {
                self.turn()?;
            }
        }
        self.until("streams", |load| load.readers.open == load.readers.count())
    }

    /// Begins to open streams, all at once.
    pub(crate) fn begin_all(&mut self, requests: impl Iterator<Item = String>) -> Result<()> {
        for request in requests {
            self.readers.begin(&self.poller, self.address, request)?;
        }
        Ok(())
    }

    /// Connects those that ask; begins a ledger of what they post, for so many of the streams.
    pub(crate) fn connect(
        &mut self,
        count: usize,
        listeners: usize,
        compose: Compose,
    ) -> Result<()> {
        let names = (0..count as u64).map(|index| ASKERS + index);
        self.askers = Askers::connect(&self.poller, self.address, names, compose)?;
        self.readers.ledger = Ledger::new(listeners, count);
        self.until("connections", |load| load.askers.all_idle())
    }

    /// Begins a ledger: so many of the streams shall get what each poster has posted already.
    pub(crate) fn expect(&mut self, posted: Vec<u32>, listeners: usize) {
        self.readers.ledger = Ledger::new(listeners, posted.len());
        self.askers.asked = posted;
    }

    /// Carries out a plan until everything is sent and answered.
    pub(crate) fn carry_out(&mut self, plan: Plan) -> Result<()> {
        self.askers.start(plan);
        let started = self.clock.now();
        let planned = match plan {
            Plan::Paced { every, total, .. } => every * total,
            Plan::Hurried { until, .. } => until.saturating_sub(started).min(nanos(self.patience)),
        };
        let patience = Duration::from_nanos(planned) + self.patience;
        self.until_in("answers", patience, |load| {
            load.askers.finished(load.clock.now())
        })
    }

    /// So many requests, each connection's as soon as its last one is answered.
    pub(crate) fn ask(&mut self, count: u64) -> Result<()> {
        self.carry_out(Plan::Hurried {
            left: count,
            until: u64::MAX,
        })
    }

    /// Waits until every listener has got everything that was posted, and closes the books.
    pub(crate) fn deliver(&mut self, listeners: usize) -> Result<()> {
        let posted: u64 = self
            .askers
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

    /// Each message exactly once, in order?
    pub(crate) fn check(&self) -> Result<()> {
        let books = self.readers.ledger.close(&self.askers.asked);
        books.map_err(|faults| faults.to_string().into())
    }

    /// Goes on for a while.
    pub(crate) fn rest(&mut self, time: Duration) -> Result<()> {
        let end = self.clock.now() + nanos(time);
        while self.clock.now() < end {
            self.turn()?;
        }
        Ok(())
    }

    /// Goes on until something is so.
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
                return Err(format!("{what} did not come within {patience:?}").into());
            }
        }
        Ok(())
    }

    /// Sends what is due, and takes what has come.
    fn turn(&mut self) -> Result<()> {
        let now = self.clock.now();
        self.askers.send_due(now)?;
        let wait = if self.polls {
            0
        } else {
            let due = self.askers.due().unwrap_or(u64::MAX);
            due.saturating_sub(now).min(NAP)
        };
        let mut names = std::mem::take(&mut self.names);
        self.poller
            .wait(Some(Duration::from_nanos(wait)), &mut names)?;
        let began = self.clock.now();
        for &name in &names {
            match name.checked_sub(ASKERS) {
                Some(asker) => self.askers.advance(asker as usize, self.clock)?,
                None => self.readers.advance(name as usize, self.clock)?,
            }
            // Many streams take long; what is due meanwhile shall not wait for them.
            if self.askers.due().is_some() {
                self.askers.send_due(self.clock.now())?;
            }
        }
        if !names.is_empty() {
            self.busy += self.clock.now() - began;
        }
        self.names = names;
        Ok(())
    }
}
