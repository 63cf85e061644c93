//! The operations on reports of messages.

use super::{
    operation::Described,
    parameters::{limit, query},
    refusals::Refusal,
};
use crate::{
    model::report::Report,
    web::api::reports::{DecisionRequest, REPORTS_MAX, ReportList, ReportRequest},
};
use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::{ObjectBuilder, Type};

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![report_message(), list_reports(), decide_report()]
}

fn report_message() -> Described {
    let path = "/api/v1/rooms/{room}/messages/{id}/report";
    Described::post(path, "reportMessage", "Report a message")
        .details(
            "To the admins and the managers of the room, who see the text as it is now. The author is not told. A second \
             report of the same message changes nothing until it is decided about the first one.",
        )
        .may_take::<ReportRequest>(&json!({"reason": "Spam."}))
        .answers_nothing()
        .refuses(Refusal::Conflict)
        .refuses(Refusal::TooManyRequests)
}

fn list_reports() -> Described {
    let before = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0));
    let summary = "List the reports that the caller decides about";
    Described::get("/api/v1/reports", "listReports", summary)
        .details(
            "Those that wait for a decision, the latest first: all of them for admins, those of their rooms for managers, \
             none for others, and none of the caller's own messages.",
        )
        .parameters([
            query("before", "Id of the report before which the page ends.", before),
            limit("reports", REPORTS_MAX, REPORTS_MAX),
        ])
        .answers::<ReportList>(StatusCode::OK, "A page of reports.")
        .has_schema::<Report>()
}

fn decide_report() -> Described {
    let path = "/api/v1/reports/{report}";
    Described::post(path, "decideReport", "Decide about a reported message")
        .details(
            "The decision holds for all reports of the message. `delete` deletes the message, `ban` bans its author \
             (only admins).",
        )
        .takes::<DecisionRequest>(&json!({"decision": "dismiss"}))
        .answers_nothing()
        .refuses(Refusal::Conflict)
}
