//! The pictures of people.

use super::users::find_profile;
use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result},
    fault::Fault,
    model::{change::Action, file::FileAction},
    store::files::{self, StoredPreview},
};

/// Sets the picture of the viewer: the middle of a picture, made square and small.
///
/// # Errors
///
/// [`Error::Invalid`] if it is no picture that can be shown.
pub async fn set_picture(app: &App, viewer: &Viewer, bytes: Vec<u8>) -> Result<()> {
    let by = app.rates.check_upload(viewer.signed_in()?)?;
    let placed = app.files.place_portrait(bytes).await?;
    let placed = placed.ok_or_else(|| Error::invalid("picture", Fault::NotAPicture))?;
    let picture = Some(placed.content.clone());
    let action = Action::File(FileAction::SetPicture { picture });
    app.submit(Some(by), action).await?;
    Ok(())
}

/// Removes the picture of the viewer.
pub async fn remove_picture(app: &App, viewer: &Viewer) -> Result<()> {
    let by = app.rates.check_post(viewer.signed_in()?)?;
    let action = Action::File(FileAction::SetPicture { picture: None });
    app.submit(Some(by), action).await?;
    Ok(())
}

/// Returns the picture of a person whom the viewer may see.
pub async fn find_picture(app: &App, viewer: &Viewer, handle: &str) -> Result<StoredPreview> {
    let profile = find_profile(app, viewer, handle).await?;
    let hash = profile.picture.ok_or(Error::NotFound)?;
    let mut connection = app.readers().acquire().await?;
    let picture = files::find_content(&mut connection, &hash).await?;
    picture.ok_or(Error::NotFound)
}
