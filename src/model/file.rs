//! Files: uploads, and the attachments of messages, which uploads become when they are posted.

use super::{checked_text::checked_text, ids::MessageId, time::Timestamp, user::Person};
use crate::fault::Fault;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};
use utoipa::ToSchema;

/// Maximum number of files of one message.
pub const ATTACHMENTS_MAX: usize = 10;
/// Maximum length of a file's name in bytes: with the longest names, the event of a message still fits into a block of
/// the stream. Longer names are cut.
pub const FILE_NAME_MAX: usize = 120;
/// How long an upload is kept before it is posted.
pub const UPLOAD_KEPT: Duration = Duration::from_hours(24);
/// Number of random bytes of an id.
const ID_BYTES: usize = 16;
/// Length of an id in characters.
const ID_LENGTH: usize = 22;

/// Identifies an upload, and the file that it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(String);

impl FileId {
    /// Creates an id from random bytes.
    #[must_use]
    pub fn of_random(random: [u8; ID_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Parses an id; `None` if the text cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_id = text.len() == ID_LENGTH && text.bytes().all(is_allowed);
        is_id.then(|| Self(text.to_owned()))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text! {
    /// The name of a file, without folders, control characters and invisible characters.
    FileName
}

impl FileName {
    /// Makes a name of what a client sends, which may be a path. Nothing is refused: characters that could mislead are
    /// left out, and a long name is cut in the middle.
    #[must_use]
    pub fn clean(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = last.chars().filter(|c| is_plain(*c)).collect();
        let name = name.trim().trim_start_matches('.');
        Self(if name.is_empty() {
            "file".into()
        } else {
            shortened(name)
        })
    }
}

/// Returns whether a character of a name is kept: those that reorder or hide others are not.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Cuts a name before its extension.
fn shortened(name: &str) -> String {
    if name.len() <= FILE_NAME_MAX {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let extension = if extension.len() <= 16 { extension } else { "" };
    let mut end = FILE_NAME_MAX - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", name[..end].trim_end())
}

/// An upload to be begun.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewUpload {
    /// Its id.
    pub id: FileId,
    /// The name of the file.
    pub name: FileName,
    /// The size of the file in bytes.
    pub size: u64,
    /// How much there may be.
    pub quotas: Quotas,
}

/// Maximum sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotas {
    /// Of one file.
    pub file: u64,
    /// Of all files of one person.
    pub person: u64,
    /// Of all files.
    pub server: u64,
}

/// What is found in a complete upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// SHA-256 of its bytes in hexadecimal digits, by which it is stored.
    pub hash: String,
    /// Size in bytes. It is less than that of the upload if something was removed from a picture.
    pub size: u64,
    /// Media type, as its first bytes tell.
    pub media_type: String,
    /// Width and height of a picture that can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<(u32, u32)>,
    /// A smaller picture of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Box<Content>>,
}

/// An upload as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: FileId,
    /// The name of the file.
    pub name: String,
    /// The size of the file in bytes.
    pub size: u64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Whether all of it is stored.
    pub is_complete: bool,
}

impl Upload {
    /// Returns the time from which it is not kept any more.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.created_at.after(UPLOAD_KEPT)
    }
}

/// A change of uploads.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what their names and types say")]
pub enum FileAction {
    /// Begins an upload of the actor.
    Begin(NewUpload),
    /// Completes an upload of the actor.
    Complete { upload: FileId, content: Content },
    /// Deletes an upload of the actor.
    Cancel { upload: FileId },
    /// Sets the picture of the actor; `None` removes it.
    SetPicture { picture: Option<Content> },
    /// Deletes some uploads that nobody has posted in time, and contents to which nothing refers. Only the server itself
    /// does this.
    Collect,
}

/// What was deleted: the folder of files is then cleared of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Uploads.
    pub uploads: Vec<FileId>,
    /// Hashes of contents.
    pub contents: Vec<String>,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "SentAttachment")]
pub struct Attachment {
    /// Its id.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Width of a picture.
    pub width: Option<u32>,
    /// Height of a picture.
    pub height: Option<u32>,
    /// Whether there is a smaller picture of it.
    pub has_preview: bool,
}

/// A file among those of a room.
#[derive(Clone, Debug)]
pub struct RoomFile {
    /// The message.
    pub message: MessageId,
    /// When the message was posted.
    pub at: Timestamp,
    /// The author of the message.
    pub author: Person,
    /// The file.
    pub file: Attachment,
}

/// Characters that are not escaped in a segment of an address.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Attachment {
    /// Returns the address of the file, relative to the base path.
    #[must_use]
    pub fn path(&self) -> String {
        let name = utf8_percent_encode(&self.name, SEGMENT);
        format!("files/{}/{name}", self.id)
    }

    /// Returns the address of the smaller picture, relative to the base path.
    #[must_use]
    pub fn preview_path(&self) -> Option<String> {
        self.has_preview.then(|| self.path() + PREVIEW_QUERY)
    }
}

/// The query by which a smaller picture is requested.
const PREVIEW_QUERY: &str = "?preview";

/// A file of a message as it is sent.
#[derive(Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct SentAttachment {
    /// Its id.
    #[schema(value_type = String)]
    id: FileId,
    /// Its name.
    name: String,
    /// Its media type, as its first bytes tell.
    r#type: String,
    /// Its size in bytes.
    size: u64,
    /// Of a picture: its width.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    width: Option<u32>,
    /// Of a picture: its height.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    height: Option<u32>,
    /// The address of the file.
    url: String,
    /// Of a picture: the address of a smaller one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    preview: Option<String>,
}

impl From<Attachment> for SentAttachment {
    fn from(file: Attachment) -> Self {
        Self {
            url: format!("/{}", file.path()),
            preview: file.preview_path().map(|path| format!("/{path}")),
            id: file.id,
            name: file.name,
            r#type: file.media_type,
            size: file.size,
            width: file.width,
            height: file.height,
        }
    }
}

/// Parses the ids in a post: at most [`ATTACHMENTS_MAX`] different ones.
pub fn parse_attachments(ids: &[String]) -> Result<Vec<FileId>, Fault> {
    if ids.len() > ATTACHMENTS_MAX {
        return Err(Fault::TooMany {
            max: ATTACHMENTS_MAX,
        });
    }
    let mut files: Vec<FileId> = Vec::with_capacity(ids.len());
    for id in ids {
        let id = FileId::parse(id).ok_or(Fault::UploadGone)?;
        if files.contains(&id) {
            return Err(Fault::Repeated);
        }
        files.push(id);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_that_looks_like_what_it_is() {
        for (sent, name) in [
            ("photo.jpg", "photo.jpg"),
            ("C:\\Users\\ann\\photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            (".htaccess", "htaccess"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("a\r\nb\u{0}.txt", "ab.txt"),
            (" 图片 1.png ", "图片 1.png"),
            ("", "file"),
            ("..", "file"),
            ("a/", "file"),
        ] {
            assert_eq!(FileName::clean(sent).as_str(), name, "{sent:?}");
        }
        let long = FileName::clean(&format!("{}.tar.gz", "图".repeat(200)));
        assert!(long.as_str().len() <= FILE_NAME_MAX, "{long:?}");
        assert!(long.as_str().ends_with("图.gz"), "{long:?}");
    }

    #[test]
    fn an_address_escapes_the_name() {
        let file = Attachment {
            id: FileId::of_random([0; ID_BYTES]),
            name: "a b/图?.png".into(),
            media_type: "image/png".into(),
            size: 1,
            width: None,
            height: None,
            has_preview: true,
        };
        let path = "files/AAAAAAAAAAAAAAAAAAAAAA/a%20b%2F%E5%9B%BE%3F.png";
        assert_eq!(file.path(), path);
        assert_eq!(file.preview_path(), Some(format!("{path}?preview")));
        assert_eq!(FileId::parse(file.id.as_str()), Some(file.id));
    }
}
