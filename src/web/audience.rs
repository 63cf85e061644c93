//! Whom an address is for.

/// Returns whether an address is one of the API, uploads included, and not that of a page or of a file.
#[must_use]
pub fn is_for_programs(path: &str) -> bool {
    let is_upload = |rest: &str| rest.is_empty() || rest[1..].split('/').count() == 1;
    let upload = path.strip_prefix("/files");
    let upload = upload.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    path.starts_with("/api/") || upload.is_some_and(is_upload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_for_programs_and_files_for_people() {
        for path in ["/api/v1/rooms", "/files", "/files/", "/files/id"] {
            assert!(is_for_programs(path), "{path}");
        }
        for path in ["/", "/rooms/files", "/files/id/name", "/filesystem"] {
            assert!(!is_for_programs(path), "{path}");
        }
    }
}
