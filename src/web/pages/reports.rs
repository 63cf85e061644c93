//! Reporting a message, and `/admin/reports`.

use super::{explain, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    error::Result,
    operations::{messages::find_message, reports, rooms::find_room},
    web::{
        api::{
            audit::{earlier, parse_query},
            reports::{DecisionRequest, ReportRequest},
        },
        error::Rejection,
        extract::{Path, Sent},
        preferences::Preferences,
        signed_in::SignedIn,
        views::{
            confirm::ConfirmPage,
            layout::isolate,
            message::address,
            reports::{NewReportPage, ReportsPage},
        },
    },
};
use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use std::sync::Arc;

/// Shows the form for reporting a message.
pub async fn show_report(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(message): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Rejection> {
    report_page(&app, &visitor, &message, String::new(), None, &uri).await
}

/// Reports a message.
pub async fn report_message(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(message): Path<(String, String)>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let ReportRequest { reason } = sent.fields()?;
    let (slug, id) = &message;
    let reported = reports::report_message(&app, &visitor, slug.clone(), id, reason.clone()).await;
    match reported {
        Ok(()) => {
            let message = find_message(&app, &visitor, slug, id).await?;
            Ok(redirect_to(&format!("/{}", address(slug, message.id))))
        }
        Err(error) => {
            let refused = explain(visitor.preferences.locale, error)?;
            report_page(&app, &visitor, &message, reason, Some(refused), &uri).await
        }
    }
}

async fn report_page(
    app: &App,
    visitor: &SignedIn,
    (slug, id): &(String, String),
    reason: String,
    refused: Option<(StatusCode, String)>,
    here: &Uri,
) -> Result<Response, Rejection> {
    let message = find_message(app, visitor, slug, id).await?;
    let Preferences { locale, scheme } = visitor.preferences;
    let (status, error) = refused.unzip();
    let shown = NewReportPage {
        locale,
        scheme,
        layout: layout(app, visitor, Some(slug), here).await?,
        room: find_room(app, visitor, slug).await?.info,
        message,
        reason,
        error,
    };
    page(status.unwrap_or(StatusCode::OK), &shown)
}

/// Shows a page of the reports that the visitor decides about.
pub async fn show_reports(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    reports_page(&app, &visitor, query.as_deref(), None, &uri).await
}

/// Fields of the form for a decision.
#[derive(Debug, Deserialize)]
pub struct DecisionForm {
    #[serde(flatten)]
    decided: DecisionRequest,
    /// Whether the question was answered.
    confirmed: Option<String>,
}

/// Decides about all reports of the message of a report. Asks before an author is banned.
pub async fn decide_report(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(report): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let DecisionForm { decided, confirmed } = sent.fields()?;
    let decision = decided.decision;
    if decision == "ban" && visitor.is_admin() && confirmed.is_none() {
        return ask_to_ban(&app, &visitor, &report, &uri).await;
    }
    match reports::decide_report(&app, &visitor, &report, &decision).await {
        Ok(()) => Ok(redirect_to("/admin/reports")),
        Err(error) => {
            let refused = explain(visitor.preferences.locale, error)?;
            reports_page(&app, &visitor, None, Some(refused), &uri).await
        }
    }
}

async fn ask_to_ban(
    app: &App,
    visitor: &SignedIn,
    report: &str,
    here: &Uri,
) -> Result<Response, Rejection> {
    let handle = reports::find_reported(app, visitor, report).await?;
    let Preferences { locale, scheme } = visitor.preferences;
    let shown = ConfirmPage {
        locale,
        scheme,
        layout: layout(app, visitor, None, here).await?,
        title: locale.ban_author(),
        lead: locale.ban_question(isolate("bdi", &handle)),
        action: format!("admin/reports/{report}"),
        fields: vec![
            ("decision", "ban".to_owned()),
            ("confirmed", "true".to_owned()),
        ],
        back: "admin/reports".to_owned(),
    };
    page(StatusCode::OK, &shown)
}

async fn reports_page(
    app: &App,
    visitor: &SignedIn,
    query: Option<&str>,
    refused: Option<(StatusCode, String)>,
    here: &Uri,
) -> Result<Response, Rejection> {
    let (before, limit) = parse_query(query)?;
    let reports = reports::list_reports(app, visitor, before, limit).await?;
    let last = reports.last_before_next();
    let next = last.map(|last| earlier("admin/reports", last.id, limit));
    let Preferences { locale, scheme } = visitor.preferences;
    let (status, error) = refused.unzip();
    let shown = ReportsPage {
        locale,
        scheme,
        layout: layout(app, visitor, None, here).await?,
        reports: reports.entries,
        is_admin: visitor.is_admin(),
        next,
        error,
    };
    page(status.unwrap_or(StatusCode::OK), &shown)
}
