//! `GET /api/v1/audit`: the audit log.

use crate::{
    app::App,
    error::{Error, Result},
    fault::Fault,
    model::{audit::AuditEntry, ids::parse_id, json_schema::list},
    operations::audit,
    web::{api::paging::read_limit, error::Rejection, signed_in::SignedIn},
};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The greatest number of entries on a page, and the default.
pub const AUDIT_MAX: usize = 100;

/// A page of the audit log, the latest entry first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub struct AuditList {
    #[schema(schema_with = list::<AuditEntry, AUDIT_MAX>)]
    entries: Vec<AuditEntry>,
    /// Address of the page of earlier entries, if there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Parses the query of a page: the id before which it ends, and the greatest number of entries.
pub fn parse_query(query: Option<&str>) -> Result<(Option<i64>, usize)> {
    let (mut before, mut limit) = (None, AUDIT_MAX);
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "before" => {
                let id = parse_id(&value);
                before = Some(id.ok_or_else(|| Error::invalid("before", Fault::NotAnId))?);
            }
            "limit" => limit = read_limit(&value, AUDIT_MAX)?,
            _ => {}
        }
    }
    Ok((before, limit))
}

/// Returns the address, below `path`, of the page before an entry.
#[must_use]
pub fn earlier(path: &str, before: i64, limit: usize) -> String {
    let limit = (limit != AUDIT_MAX).then(|| format!("&limit={limit}"));
    format!("{path}?before={before}{}", limit.unwrap_or_default())
}

/// Returns a page of the audit log.
pub async fn list_audit(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditList>, Rejection> {
    let (before, limit) = parse_query(query.as_deref())?;
    let page = audit::list_audit(&app, &visitor, before, limit).await?;
    let last = page.last_before_next();
    let next = last.map(|last| earlier(&app.base.join("/api/v1/audit"), last.id, limit));
    let entries = page.entries;
    Ok(Json(AuditList { entries, next }))
}
