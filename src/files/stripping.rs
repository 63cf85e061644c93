//! Removes from pictures what does not show: the place and time at which they were taken, the camera, names, thumbnails
//! of earlier versions, and anything appended to them. What shows is not changed: pixels are copied as they are.

mod exif;
mod gif;
mod input;
mod jpeg;
mod png;
mod webp;

/// Returns a picture without what does not show; `None` if it cannot be parsed as its type.
#[must_use]
pub(super) fn strip(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match media_type {
        "image/jpeg" => jpeg::strip(bytes),
        "image/png" => png::strip(bytes),
        "image/webp" => webp::strip(bytes),
        "image/gif" => gif::strip(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
