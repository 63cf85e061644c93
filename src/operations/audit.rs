//! Reading the audit log.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result},
    model::{
        audit::AuditEntry,
        page::{Page, one_more},
    },
    store::audit,
};

/// Returns the latest entries before an id, the latest first. For everybody but admins there is no audit log.
pub async fn list_audit(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<AuditEntry>> {
    if !viewer.is_admin() {
        return Err(Error::NotFound);
    }
    let mut connection = app.readers().acquire().await?;
    let before = before.unwrap_or(i64::MAX);
    let entries = audit::list_entries(&mut connection, before, one_more(limit)).await?;
    Ok(Page::of(entries, limit))
}
