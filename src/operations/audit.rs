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

/// Returns the latest entries before an id, the latest first. Of what happens in a room that the viewer does not see, they
/// tell only what was done by whom, and not in which room or to whom. For everybody but admins there is no audit log.
pub async fn list_audit(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<AuditEntry>> {
    if !viewer.is_admin() {
        return Err(Error::NotFound);
    }
    let by = viewer.signed_in()?.id;
    let mut connection = app.readers().acquire().await?;
    let before = before.unwrap_or(i64::MAX);
    let entries = audit::list_entries(&mut connection, by, before, one_more(limit)).await?;
    Ok(Page::of(entries, limit))
}
