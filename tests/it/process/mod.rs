//! The program as a process of its own: killed, stopped, starved of disk, and beset by clients that do not behave.

#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod backup;
mod connections;
mod disk;
mod evidence;
mod files;
mod history;
mod http;
mod kill;
mod log_checker;
mod logging;
mod people;
mod poster;
mod reader;
mod server;
mod slow_clients;
mod soak;
mod start;
mod stop;
mod stuck_readers;
mod trial;

use crate::support::until;
