//! The files of a room.

use super::{
    files::{Shown, shown, size},
    layout::Layout,
    message::address,
    times::time_element,
};
use crate::{
    model::{file::RoomFile, room::RoomView},
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// A page of the files of a room, the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "rooms/files.html")]
pub struct RoomFilesPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room.
    pub room: RoomView,
    /// The files.
    pub files: Vec<RoomFile>,
    /// The address of the page with older files, if there is one.
    pub older: Option<String>,
}

impl RoomFilesPage {
    fn preview(file: &RoomFile) -> Option<String> {
        let is_picture = matches!(shown(&file.file), Shown::Picture(..));
        file.file.preview_path().filter(|_| is_picture)
    }

    fn address(&self, file: &RoomFile) -> String {
        address(&self.room.info.slug, file.message)
    }
}
