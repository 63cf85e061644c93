//! Promises of the chat, each a test: a real server on a real file, and real clients.

mod accounts;
mod administration;
mod api;
mod cli;
mod clients;
mod doors;
mod earlier_files;
mod hardening;
mod inbox;
mod incidents;
mod layers;
mod log;
mod pages;
mod peace;
mod process;
mod rights;
mod statements;
mod stream;
mod support;
mod tls;
mod uploads;
