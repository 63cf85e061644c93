//! The command line, run as the real program.

mod archive;
mod archive_conflicts;
mod archive_limits;
mod chat;
mod copies;
mod files;
mod lines;
mod post;
mod readme;
mod scripted;
mod strangers;
mod tail;
mod usage;

use crate::support::program;
