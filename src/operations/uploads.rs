//! Uploads: begun with a size, appended to in pieces, and complete when all of it has arrived.

use crate::{
    app::{App, now, random_bytes},
    auth::viewer::Viewer,
    error::{Error, Result},
    fault::Fault,
    files::folder::Part,
    model::{
        change::Action,
        file::{FileAction, FileId, FileName, NewUpload, Upload},
    },
    store::files,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use std::pin::pin;

/// Number of bytes that are written at once.
const WRITTEN_AT_ONCE: usize = 256 * 1024;

/// The state of an upload.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The upload.
    pub upload: Upload,
    /// Number of bytes that are stored.
    pub offset: u64,
    /// Whether the request that was appending has ended early.
    pub is_cut: bool,
}

impl Progress {
    fn new(upload: Upload, offset: u64) -> Self {
        Self {
            upload,
            offset,
            is_cut: false,
        }
    }
}

/// Begins an upload of the viewer.
///
/// # Errors
///
/// [`Error::Invalid`] if it is too large.
pub async fn begin_upload(app: &App, viewer: &Viewer, name: &str, size: u64) -> Result<Progress> {
    let by = app.rates.check_upload(viewer.signed_in()?)?;
    let upload = NewUpload {
        id: FileId::of_random(random_bytes()),
        name: FileName::clean(name),
        size,
        quotas: app.quotas,
    };
    let id = upload.id.clone();
    let action = Action::File(FileAction::Begin(upload));
    app.submit(Some(by), action).await?;
    let upload = own_upload(app, viewer, id.as_str()).await?;
    if size == 0 {
        let part = app.files.open_part(&id).await?;
        complete(app, viewer, &upload, part).await?;
    }
    Ok(Progress::new(upload, 0))
}

/// Returns the state of one of the viewer's uploads.
pub async fn find_upload(app: &App, viewer: &Viewer, id: &str) -> Result<Progress> {
    let upload = own_upload(app, viewer, id).await?;
    let offset = if upload.is_complete {
        upload.size
    } else {
        app.files.length_of_part(&upload.id).await?
    };
    Ok(Progress::new(upload, offset))
}

/// Appends what arrives to one of the viewer's uploads. What has arrived when the request breaks off is stored, too.
///
/// # Errors
///
/// [`Error::Invalid`] if the upload has another offset, or if more arrives than was announced.
pub async fn append(
    app: &App,
    viewer: &Viewer,
    id: &str,
    offset: u64,
    pieces: impl Stream<Item = Option<Bytes>>,
) -> Result<Progress> {
    let upload = own_upload(app, viewer, id).await?;
    let conflict = || Error::invalid("upload_offset", Fault::OffsetConflict);
    if upload.is_complete {
        let is_end = offset == upload.size;
        return is_end
            .then(|| Progress::new(upload, offset))
            .ok_or_else(conflict);
    }
    let part = app.files.open_part(&upload.id).await?;
    if part.length() != offset {
        return Err(conflict());
    }
    let (part, end) = receive(part, upload.size, pieces).await?;
    let part = part.sync().await?;
    let offset = part.length();
    if end == End::TooMuch {
        let max = upload.size;
        return Err(Error::invalid(
            "upload_length",
            Fault::UploadTooLarge { max },
        ));
    }
    if offset == upload.size {
        complete(app, viewer, &upload, part).await?;
    }
    Ok(Progress {
        is_cut: end == End::Cut,
        ..Progress::new(upload, offset)
    })
}

/// Uploads a file whose size is known at its end: at most `max`.
pub async fn receive_file(
    app: &App,
    viewer: &Viewer,
    name: &str,
    max: u64,
    pieces: impl Stream<Item = Option<Bytes>>,
) -> Result<FileId> {
    let max = max.clamp(1, app.quotas.file);
    let upload = begin_upload(app, viewer, name, max).await?.upload;
    let part = app.files.open_part(&upload.id).await?;
    let (part, end) = receive(part, max, pieces).await?;
    if end == End::Whole {
        complete(app, viewer, &upload, part.sync().await?).await?;
        return Ok(upload.id);
    }
    drop(part);
    cancel_upload(app, viewer, upload.id.as_str()).await?;
    let max = app.quotas.file;
    let fault = match end {
        End::TooMuch => Fault::UploadTooLarge { max },
        End::Whole | End::Cut => Fault::UploadGone,
    };
    Err(Error::invalid("files", fault))
}

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Whole,
    /// It broke off, or another one has taken its place.
    Cut,
    /// It had more bytes than the upload.
    TooMuch,
}

/// Appends the pieces of a request, up to the size of the upload.
async fn receive(
    mut part: Part,
    size: u64,
    pieces: impl Stream<Item = Option<Bytes>>,
) -> Result<(Part, End)> {
    let stop = part.stop();
    let mut pieces = pin!(pieces);
    let mut waiting = Vec::new();
    let mut end = End::Whole;
    while end == End::Whole {
        let piece = tokio::select! {
            piece = pieces.next() => piece,
            () = stop.cancelled() => Some(None),
        };
        let Some(piece) = piece else {
            break;
        };
        let Some(piece) = piece else {
            end = End::Cut;
            break;
        };
        let room = size - part.length() - waiting.len() as u64;
        let fitting = usize::try_from(room).map_or(piece.len(), |room| room.min(piece.len()));
        waiting.extend_from_slice(&piece[..fitting]);
        if fitting < piece.len() {
            end = End::TooMuch;
        }
        if waiting.len() >= WRITTEN_AT_ONCE {
            part = part.append(std::mem::take(&mut waiting)).await?;
        }
    }
    Ok((part.append(waiting).await?, end))
}

/// Places the content of an upload of which all has arrived, and tells the database.
async fn complete(app: &App, viewer: &Viewer, upload: &Upload, part: Part) -> Result<()> {
    let placed = app.files.place(part).await?;
    let action = FileAction::Complete {
        upload: upload.id.clone(),
        content: placed.content.clone(),
    };
    let submitted = app.submit(Some(viewer.signed_in()?.id), Action::File(action));
    submitted.await?;
    drop(placed);
    app.files.remove_part(&upload.id).await
}

/// Completes those of these uploads of which all has arrived: the program may have ended before it did so.
pub(super) async fn complete_arrived(app: &App, viewer: &Viewer, ids: &[FileId]) -> Result<()> {
    for id in ids {
        let Ok(upload) = own_upload(app, viewer, id.as_str()).await else {
            continue;
        };
        if upload.is_complete {
            continue;
        }
        let part = app.files.open_part(id).await?;
        if part.length() == upload.size {
            complete(app, viewer, &upload, part).await?;
        }
    }
    Ok(())
}

/// Deletes one of the viewer's uploads.
pub async fn cancel_upload(app: &App, viewer: &Viewer, id: &str) -> Result<()> {
    let upload = own_upload(app, viewer, id).await?;
    // Ends a request that is appending.
    let part = app.files.open_part(&upload.id).await?;
    let action = FileAction::Cancel {
        upload: upload.id.clone(),
    };
    let by = viewer.signed_in()?.id;
    app.submit(Some(by), Action::File(action)).await?;
    app.files.remove_part(&upload.id).await?;
    drop(part);
    Ok(())
}

/// Returns one of the viewer's uploads that was not posted.
///
/// # Errors
///
/// [`Error::NotFound`] also for uploads of others, and for those that have expired.
async fn own_upload(app: &App, viewer: &Viewer, id: &str) -> Result<Upload> {
    let by = viewer.signed_in()?.id;
    let id = FileId::parse(id).ok_or(Error::NotFound)?;
    let mut connection = app.readers().acquire().await?;
    let upload = files::find_upload(&mut connection, by, &id).await?;
    let upload = upload.filter(|upload| upload.expires_at() > now());
    upload.ok_or(Error::NotFound)
}
