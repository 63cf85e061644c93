//! Reports of messages: `POST …/messages/{id}/report` and `/api/v1/reports`.

use super::audit::{AUDIT_MAX, earlier, parse_query};
use crate::{
    app::App,
    model::{
        json_schema::list,
        report::{Report, ReportDecision, ReportReason},
    },
    operations::reports,
    web::{
        error::Rejection,
        extract::{Path, Sent},
        signed_in::SignedIn,
    },
};
use axum::{
    Json,
    extract::{RawQuery, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The greatest number of reports on a page, and the default.
pub const REPORTS_MAX: usize = AUDIT_MAX;

/// Request body for reporting a message.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReportRequest {
    /// Why; may be empty.
    #[serde(default)]
    #[schema(value_type = ReportReason)]
    pub reason: String,
}

/// Reports a message.
pub async fn report_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let ReportRequest { reason } = sent.optional_fields()?;
    reports::report_message(&app, &visitor, slug, &id, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of reports, the latest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reports)]
pub struct ReportList {
    #[schema(schema_with = list::<Report, REPORTS_MAX>)]
    reports: Vec<Report>,
    /// Address of the page of earlier reports, if there is one.
    #[schema(required)]
    next: Option<String>,
}

/// Returns a page of the reports that the caller decides about.
pub async fn list_reports(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<ReportList>, Rejection> {
    let (before, limit) = parse_query(query.as_deref())?;
    let page = reports::list_reports(&app, &visitor, before, limit).await?;
    let last = page.last_before_next();
    let next = last.map(|last| earlier(&app.base.join("/api/v1/reports"), last.id, limit));
    let reports = page.entries;
    Ok(Json(ReportList { reports, next }))
}

/// Request body for deciding about reports.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DecisionRequest {
    /// What is decided.
    #[schema(value_type = ReportDecision)]
    pub decision: String,
}

/// Decides about all reports of the message of a report.
pub async fn decide_report(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(report): Path<String>,
    sent: Sent,
) -> Result<StatusCode, Rejection> {
    let DecisionRequest { decision } = sent.fields()?;
    reports::decide_report(&app, &visitor, &report, &decision).await?;
    Ok(StatusCode::NO_CONTENT)
}
