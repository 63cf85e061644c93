//! The form that reports a message, and the reports that wait for a decision.

use super::{
    layout::{Layout, hue, isolate},
    message::address,
    times::time_element,
};
use crate::{
    model::{
        message::Message,
        report::{REASON_MAX, Report},
        room::RoomInfo,
    },
    web::{locale::Locale, preferences::Scheme},
};
use askama::Template;

/// The form for reporting a message.
#[derive(Clone, Debug, Template)]
#[template(path = "reports/new.html")]
pub struct NewReportPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The room of the message.
    pub room: RoomInfo,
    /// The message.
    pub message: Message,
    /// The reason in the form: that of a report that was refused.
    pub reason: String,
    /// Why the report was refused.
    pub error: Option<String>,
}

impl NewReportPage {
    fn back(&self) -> String {
        address(&self.message.room, self.message.id)
    }

    /// Returns the sentence that names the author, as HTML.
    fn lead(&self) -> String {
        self.locale
            .report_lead(isolate("strong", &self.message.author.name))
    }
}

/// The reports that the viewer decides about.
#[derive(Clone, Debug, Template)]
#[template(path = "reports/list.html")]
pub struct ReportsPage {
    /// The language of the page.
    pub locale: &'static Locale,
    /// The colour scheme of the page.
    pub scheme: Scheme,
    /// The frame around the page.
    pub layout: Layout,
    /// The reports, the latest first.
    pub reports: Vec<Report>,
    /// Whether the viewer administers the server.
    pub is_admin: bool,
    /// Link to earlier reports, if there are any.
    pub next: Option<String>,
    /// Why a decision was refused.
    pub error: Option<String>,
}

impl ReportsPage {
    /// Returns the time of a report as HTML.
    fn at(report: &Report) -> String {
        time_element(report.at)
    }

    /// Returns the sentence that names who has reported a message, as HTML.
    fn by(&self, report: &Report) -> String {
        self.locale.reported_by(isolate("span", &report.by.name))
    }

    /// Returns the address of a reported message that the viewer may see.
    fn message_address(report: &Report) -> Option<String> {
        let room = report.room.as_ref()?;
        Some(address(room, report.message_id))
    }
}
