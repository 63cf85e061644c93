//! Times on pages.

use crate::model::time::Timestamp;

/// Returns a time as HTML, in UTC to the minute. `static/js/times.js` shows it in the local time zone.
#[must_use]
pub fn time_element(time: Timestamp) -> String {
    let time = time.to_utc();
    let shown = time.format("%Y-%m-%d %H:%M UTC");
    format!(
        r#"<time datetime="{}">{shown}</time>"#,
        time.format("%FT%TZ")
    )
}
