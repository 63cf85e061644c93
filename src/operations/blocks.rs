//! Whom the viewer has blocked.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::Result,
    model::{
        block::{Block, Blocked},
        change::Action,
    },
    store::blocks,
};
use std::sync::Arc;

/// Returns the people whom the viewer has blocked, with their handles; nobody without an account.
pub async fn find_blocked(app: &App, viewer: &Viewer) -> Result<Arc<Blocked>> {
    match viewer.user_id() {
        Some(user) => app.log.find_blocked(user).await,
        None => Ok(Arc::default()),
    }
}

/// Returns the people whom the viewer has blocked, by handle.
pub async fn list_blocks(app: &App, viewer: &Viewer) -> Result<Vec<Block>> {
    let user = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    blocks::list_blocks(&mut connection, user).await
}

/// Blocks a person, or ends that.
pub async fn set_block(app: &App, viewer: &Viewer, handle: &str, blocked: bool) -> Result<()> {
    let me = viewer.signed_in()?;
    app.rates.check_membership(me)?;
    let handle = if handle == "me" { &me.handle } else { handle };
    let action = Action::SetBlock {
        handle: handle.to_owned(),
        blocked,
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}
