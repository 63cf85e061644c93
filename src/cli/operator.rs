//! Executes commands of the operator: by the running server through its socket, or else directly on the database.

use super::{Database, Failure, print};
use crate::{
    net::operator_socket::ask,
    operator::{Reply, Request, socket_path::socket_path},
    server::execute_offline,
    store::database_path::DatabasePath,
};

/// Executes a request, and prints what it answers.
pub(super) async fn perform(database: &Database, request: Request) -> Result<(), Failure> {
    let database = DatabasePath::resolve_existing(&database.db)?;
    let path = socket_path(&database)?;
    let asked = ask(&path, &request).await.map_err(|error| {
        let path = path.display();
        Failure::unreachable(format!("the server does not answer at {path}: {error}"))
    })?;
    let reply = match asked {
        Some(reply) => reply,
        None => execute_offline(database, request).await?,
    };
    match reply {
        Reply::Done(text) => print(&text),
        Reply::Refused(reason) => Err(Failure::refused(reason)),
        Reply::Failed(reason) => Err(Failure::failed(reason)),
    }
}
