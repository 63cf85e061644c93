//! `GET /api/v1/rooms/{room}/calendar`.

use crate::{
    app::App,
    model::calendar::Calendar,
    operations::history::read_calendar,
    web::{
        error::Rejection,
        extract::{Path, Visitor},
    },
};
use axum::{Json, extract::State};
use std::sync::Arc;

/// Returns the months in which something was written in a room.
pub async fn show_calendar(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Json<Calendar>, Rejection> {
    Ok(Json(read_calendar(&app, &visitor, &slug).await?))
}
