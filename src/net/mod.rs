//! The network: an accept loop of our own, on hyper.
//!
//! `axum::serve` has neither a header timeout nor a limit on connections. A request is parsed, routed and
//! authorised by hyper and axum like any other; where its answer is a stream, the connection is taken over by
//! a small task that holds a socket and a cursor ([`follow`]): about 1 KiB instead of 10.

pub mod accept;
mod connection;
mod follow;
pub mod limits;
mod socket;
pub mod stop;
