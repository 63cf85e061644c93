//! Non-blocking sockets and epoll.

use crate::Result;
use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, Event, EventData, EventFlags},
    },
    fd::{AsFd, OwnedFd},
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, connect as begin_connect, socket_with, sockopt},
};
use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Greatest number of events per system call.
const EVENTS: usize = 1024;

pub(crate) struct Poller {
    epoll: OwnedFd,
    events: Vec<Event>,
}

impl Poller {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
        })
    }

    /// Adds a socket, edge-triggered: each time it becomes readable, writable or closed, `wait` returns `name`. Closing
    /// the socket removes it.
    pub(crate) fn watch(&self, socket: impl AsFd, name: u64) -> Result<()> {
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        Ok(epoll::add(
            &self.epoll,
            socket,
            EventData::new_u64(name),
            flags,
        )?)
    }

    /// Waits for an event, at most for `at_most`, and returns the names of the sockets with events.
    pub(crate) fn wait(&mut self, at_most: Option<Duration>, names: &mut Vec<u64>) -> Result<()> {
        let timeout = at_most.map(Timespec::try_from).transpose()?;
        self.events.clear();
        match epoll::wait(
            &self.epoll,
            spare_capacity(&mut self.events),
            timeout.as_ref(),
        ) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        names.clear();
        names.extend(self.events.iter().map(|event| event.data.u64()));
        Ok(())
    }
}

/// Starts to connect; the socket becomes writable when the connection is established.
pub(crate) fn connect(address: SocketAddr) -> Result<TcpStream> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    match begin_connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(TcpStream::from(socket)),
        Err(error) => Err(error.into()),
    }
}

/// Returns the result of a read, a write or an accept; `None` if it would block.
pub(crate) fn if_ready<T>(result: io::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(None)
        }
        // The connection is not established yet.
        Err(error) if error.kind() == ErrorKind::NotConnected => Ok(None),
        Err(error) => Err(error.into()),
    }
}
