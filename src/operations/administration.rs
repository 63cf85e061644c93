//! What the pages of the administration list.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result},
    model::page::{Page, one_more},
    store::administration,
};

pub use crate::store::administration::AdministeredRoom;

/// Returns a page of the rooms that an admin may see, by name: those whose names contain `text`, after the room `after`.
/// For everybody but admins there is no such list.
pub async fn list_administered_rooms(
    app: &App,
    viewer: &Viewer,
    text: Option<&str>,
    after: &str,
    limit: usize,
) -> Result<Page<AdministeredRoom>> {
    if !viewer.is_admin() {
        return Err(Error::NotFound);
    }
    let by = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let limit_or_more = one_more(limit);
    let rooms = administration::list_rooms(&mut connection, by, text, after, limit_or_more).await?;
    Ok(Page::of(rooms, limit))
}
