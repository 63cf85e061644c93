//! `/api/v1/me/blocks`: whom the caller has blocked.

use crate::{
    app::App,
    model::{
        block::{BLOCKS_MAX, Block},
        json_schema::list,
    },
    operations::blocks,
    web::{error::Rejection, extract::Path, signed_in::SignedIn},
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The people whom the caller has blocked, by handle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Blocks)]
pub struct BlockList {
    #[schema(schema_with = list::<Block, BLOCKS_MAX>)]
    blocks: Vec<Block>,
}

/// Returns the people whom the caller has blocked.
pub async fn list_blocks(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
) -> Result<Json<BlockList>, Rejection> {
    let blocks = blocks::list_blocks(&app, &visitor).await?;
    Ok(Json(BlockList { blocks }))
}

/// Blocks a person.
pub async fn block(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
) -> Result<StatusCode, Rejection> {
    blocks::set_block(&app, &visitor, &handle, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the block of a person.
pub async fn unblock(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
) -> Result<StatusCode, Rejection> {
    blocks::set_block(&app, &visitor, &handle, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
