//! The network layer: an accept loop on hyper.
//!
//! `axum::serve` has neither a header timeout nor a limit on connections. Hyper and axum parse, route and authorise a
//! request. If its response is a stream, a small task takes over the connection ([`follow`]). It holds a socket and a
//! cursor, and takes about 1 KiB instead of 10 KiB. Over TLS ([`tls`]), streams are the bodies of their responses.

pub mod accept;
pub mod acme;
pub mod certificates;
mod connection;
mod follow;
mod http2_requests;
mod idle;
pub mod limits;
pub mod operator_socket;
mod request_body;
pub mod site;
mod socket;
pub mod stop;
mod tls;
