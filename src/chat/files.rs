//! Uploads. They become files of messages when they are posted (`chat/posts.rs`).

use super::{actor::Actor, applied::Applied, users::append_user_event};
use crate::{
    error::{Denial, Error, Result},
    fault::Fault,
    model::{
        change::Outcome,
        file::{Collected, Content, FileAction, FileId, NewUpload, UPLOAD_KEPT},
        role::Role,
    },
    store::{db::Connection, files, memberships, users},
};

/// Maximum number of uploads, and of contents, that one change deletes.
const COLLECTED_MAX: u32 = 100;

/// Applies a change of uploads.
pub(super) async fn apply(
    tx: &mut Connection,
    actor: Actor,
    action: &FileAction,
) -> Result<Applied> {
    match action {
        FileAction::Begin(upload) => begin_upload(tx, actor, upload).await,
        FileAction::Complete { upload, content } => {
            complete_upload(tx, actor, upload, content).await
        }
        FileAction::Cancel { upload } => cancel_upload(tx, actor, upload).await,
        FileAction::SetPicture { picture } => set_picture(tx, actor, picture.as_ref()).await,
        FileAction::Collect => collect(tx, actor).await,
    }
}

/// Begins an upload, if all of it will fit. Only people who can post somewhere upload files.
async fn begin_upload(tx: &mut Connection, actor: Actor, upload: &NewUpload) -> Result<Applied> {
    let user = actor.signed_in()?;
    let is_guest = actor.role == Some(Role::Guest);
    if is_guest && memberships::list_rooms_of(tx, user).await?.is_empty() {
        return Err(Error::Forbidden(Denial::JoinFirst));
    }
    let (own, all) = files::find_usage(tx, user).await?;
    let quotas = upload.quotas;
    let fault = if upload.size > quotas.file {
        Some(Fault::UploadTooLarge { max: quotas.file })
    } else if own.saturating_add(upload.size) > quotas.person {
        Some(Fault::FilesFull { max: quotas.person })
    } else if all.saturating_add(upload.size) > quotas.server {
        Some(Fault::ServerFilesFull { max: quotas.server })
    } else {
        None
    };
    if let Some(fault) = fault {
        return Err(Error::invalid("upload_length", fault));
    }
    files::insert_upload(tx, user, upload, actor.at).await?;
    Ok(Applied::new(Outcome::Done))
}

async fn complete_upload(
    tx: &mut Connection,
    actor: Actor,
    upload: &FileId,
    content: &Content,
) -> Result<Applied> {
    check_own(tx, actor, upload).await?;
    files::complete_upload(tx, upload, content).await?;
    Ok(Applied::new(Outcome::Done))
}

async fn cancel_upload(tx: &mut Connection, actor: Actor, upload: &FileId) -> Result<Applied> {
    check_own(tx, actor, upload).await?;
    files::delete_upload(tx, upload).await?;
    Ok(Applied::new(Outcome::Done))
}

async fn set_picture(
    tx: &mut Connection,
    actor: Actor,
    picture: Option<&Content>,
) -> Result<Applied> {
    let by = actor.signed_in()?;
    let user = users::find_user_by_id(tx, by).await?;
    let user = user.ok_or(Error::NotFound)?;
    files::set_picture(tx, by, picture).await?;
    append_user_event(tx, actor, by).await?;
    Ok(Applied::new(Outcome::UserChanged(user)))
}

/// Checks that an upload is the actor's, and was not posted.
async fn check_own(tx: &mut Connection, actor: Actor, upload: &FileId) -> Result<()> {
    let user = actor.signed_in()?;
    let found = files::find_upload(tx, user, upload).await?;
    found.map(drop).ok_or(Error::NotFound)
}

/// Deletes some of what nobody needs any more.
async fn collect(tx: &mut Connection, actor: Actor) -> Result<Applied> {
    actor.operates()?;
    let before = actor.at.before(UPLOAD_KEPT);
    let uploads = files::delete_unposted(tx, before, COLLECTED_MAX).await?;
    let contents = files::delete_unused(tx, COLLECTED_MAX).await?;
    let collected = Collected { uploads, contents };
    Ok(Applied::new(Outcome::Collected(collected)))
}
