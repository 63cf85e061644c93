//! Reports of messages.

use super::messages::read_id;
use crate::{
    app::{App, random_bytes},
    auth::viewer::Viewer,
    error::{Error, Result, parse_field},
    model::{
        change::Action,
        page::{Page, one_more},
        report::{Report, ReportDecision, ReportReason},
    },
    store::reports::{self, Moderator},
};

/// Reports a message that the viewer sees.
pub async fn report_message(
    app: &App,
    viewer: &Viewer,
    room: String,
    id: &str,
    reason: String,
) -> Result<()> {
    let message = read_id(id)?;
    let reason = parse_field("reason", ReportReason::parse(reason))?;
    app.rates.check_report(viewer.signed_in()?)?;
    let action = Action::ReportMessage {
        room,
        message,
        reason,
        id: Some(random_id()),
    };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}

/// Returns a random id of 48 bits, which JavaScript represents exactly.
fn random_id() -> i64 {
    i64::from_be_bytes(random_bytes()) & ((1 << 48) - 1)
}

/// Returns a page of at most `limit` of the reports that the viewer decides about, the latest first.
pub async fn list_reports(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Report>> {
    let moderator = Moderator {
        user: viewer.signed_in()?.id,
        is_admin: viewer.is_admin(),
    };
    let mut connection = app.readers().acquire().await?;
    let reports =
        reports::list_reports(&mut connection, moderator, before, one_more(limit)).await?;
    Ok(Page::of(reports, limit))
}

/// Returns the handle of the author of a reported message that the viewer decides about.
pub async fn find_reported(app: &App, viewer: &Viewer, id: &str) -> Result<String> {
    let moderator = Moderator {
        user: viewer.signed_in()?.id,
        is_admin: viewer.is_admin(),
    };
    let mut connection = app.readers().acquire().await?;
    let reported = reports::find_report(&mut connection, moderator, read_id(id)?.0).await?;
    Ok(reported.ok_or(Error::NotFound)?.handle)
}

/// Decides about all reports of the message of a report.
pub async fn decide_report(app: &App, viewer: &Viewer, id: &str, decision: &str) -> Result<()> {
    let report = read_id(id)?.0;
    let decision = parse_field("decision", ReportDecision::parse(decision))?;
    let action = Action::DecideReport { report, decision };
    app.submit_from(viewer.requester()?, action).await?;
    Ok(())
}
