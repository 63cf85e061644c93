//! The command line, run as the real program.

mod archive;
mod chat;
mod copies;
mod files;
mod post;
mod scripted;
mod tail;
mod usage;

use crate::support::program;
