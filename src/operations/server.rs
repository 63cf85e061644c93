//! The name and the door of the server.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result, parse_field},
    fault::Fault,
    model::{
        change::Action,
        role::Door,
        server::{ServerName, ServerProfile},
    },
};
use strum::VariantNames as _;

/// Returns the name of the server, and who may come in.
pub async fn find_server(app: &App) -> Result<ServerProfile> {
    app.log.find_server().await
}

/// Changes the name of the server or its door; `None` keeps the current value. Only admins may.
pub async fn update_server(
    app: &App,
    viewer: &Viewer,
    name: Option<&str>,
    door: Option<&str>,
) -> Result<ServerProfile> {
    let name = parse_field("name", name.map(ServerName::parse).transpose())?;
    let door = door.map(parse_door).transpose()?;
    app.submit_from(viewer.requester()?, Action::UpdateServer { name, door })
        .await?;
    find_server(app).await
}

/// Parses the name of a door.
pub(super) fn parse_door(text: &str) -> Result<Door> {
    let known = Door::VARIANTS;
    text.parse()
        .map_err(|_| Error::invalid("door", Fault::UnknownValue { known }))
}
