//! The network: an accept loop on hyper.
//!
//! `axum::serve` has neither a header timeout nor a limit on connections. A request is parsed, routed and authorised
//! by hyper and axum. If its answer is a stream, the connection is taken over by a small task that holds a socket and
//! a cursor ([`follow`]), which takes about 1 KiB instead of 10.

pub mod accept;
mod connection;
mod follow;
pub mod limits;
mod request_body;
mod socket;
pub mod stop;
