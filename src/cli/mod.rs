//! The command line: one file per command, and shared modules.

mod answer;
mod backup;
mod check;
mod control;
mod credentials;
mod cursor_file;
mod export;
mod failure;
mod follow;
mod http;
mod import;
mod invite;
mod line;
mod log;
mod operator;
mod output;
mod pace;
mod password_input;
mod post;
mod restore;
mod room;
mod send;
mod serve;
mod setup_link;
mod sse;
mod stop;
mod tail;
mod token;
mod usage;
mod user;

use failure::{Failure, print};
pub use usage::main;
use usage::{Database, Files, SERVER_EXAMPLE};
