//! HTTP: the routing table and the middleware around it.

pub mod api;
pub mod assets;
pub mod audience;
pub mod base_path;
pub mod body;
pub mod client;
pub mod encode;
pub mod error;
pub mod extract;
pub mod feed;
pub mod files;
pub mod health;
pub mod hosts;
pub mod https_redirect;
pub mod layers;
pub mod locale;
pub mod multipart;
pub mod negotiation;
pub mod origin;
pub mod own_site;
pub mod pages;
pub mod preferences;
pub mod problem;
pub mod sign_in_client;
pub mod sign_in_needed;
pub mod signed_in;
pub mod stream;
pub mod tus_headers;
pub mod user_agent;
pub mod views;

use crate::app::App;
use axum::{
    Router,
    middleware::map_response,
    routing::{delete, get, post, put},
};
use std::sync::Arc;

/// Returns the router with all routes.
pub fn routes(app: Arc<App>, names: hosts::HostNames) -> Router {
    let base = app.base.clone();
    let routes = pages()
        .merge(account_pages())
        .merge(peace_pages())
        .merge(administration())
        .merge(api())
        .merge(operations());
    let routes = layers::surround(routes.with_state(app), names);
    base_path::mount(base, routes)
}

/// Returns the routes of the pages about people, and of the administration.
fn administration() -> Router<Arc<App>> {
    use pages::{administration, people};
    Router::new()
        .route("/people", get(people::show_people))
        .route(
            "/people/{handle}",
            get(people::show_person).post(people::update_person),
        )
        .route("/people/{handle}/ban", post(people::ban_person))
        .route("/people/{handle}/end-sessions", post(people::end_sessions))
        .route(
            "/people/{handle}/sign-in-link",
            post(people::create_sign_in_link),
        )
        .route("/admin", get(administration::show_start))
        .route("/admin/people", get(administration::show_people))
        .route("/admin/invites", post(administration::make_invite))
        .route(
            "/admin/invites/{invite}/revoke",
            post(administration::end_invite),
        )
        .route("/admin/rooms", get(administration::show_rooms))
        .route("/admin/rooms/{room}", post(administration::change_room))
        .route("/admin/audit", get(administration::show_audit))
}

/// Returns the routes of pages.
fn pages() -> Router<Arc<App>> {
    use pages::{
        account, direct_rooms, inbox, invite, join, messages, oidc, passkeys, room, room_files,
        room_settings, rooms, saved, setup, sign_in, thread,
    };
    Router::new()
        .route("/", get(join::show_start))
        .route("/join", get(join::show_join).post(join::join))
        .route(
            "/setup/{token}",
            get(setup::show_setup).post(setup::set_up_server),
        )
        .route(
            "/invite/{token}",
            get(invite::show_invite).post(invite::redeem),
        )
        .route("/invite/{token}/oidc", get(oidc::start_joining))
        .route("/sign-in/oidc", get(oidc::start))
        .route("/sign-in/oidc/callback", get(oidc::complete))
        .route(
            "/sign-in",
            get(sign_in::show_sign_in).post(sign_in::sign_in),
        )
        .route("/sign-in/passkey", post(passkeys::sign_in))
        .route(
            "/sign-in/{link}",
            get(sign_in::show_new_password).post(sign_in::set_new_password),
        )
        .route(
            "/device/{link}",
            get(sign_in::show_device).post(sign_in::sign_in_by_link),
        )
        .route(
            "/signout",
            get(account::show_sign_out).post(account::sign_out),
        )
        .route("/rooms", get(rooms::show_rooms).post(rooms::create_room))
        .route("/rooms/new", get(rooms::show_new_room))
        .route("/inbox", get(inbox::show_inbox))
        .route("/inbox/read", post(inbox::mark_read))
        .route("/inbox/read-rooms", post(inbox::mark_all_read))
        .route("/rooms/{room}", get(room::show_room))
        .route("/rooms/{room}/files", get(room_files::show_files))
        .route("/rooms/{room}/join", post(rooms::join_room))
        .route("/rooms/{room}/leave", post(rooms::leave_room))
        .route("/rooms/{room}/notify", post(rooms::set_notify))
        .route("/rooms/{room}/favourite", post(saved::set_favourite))
        .route("/rooms/{room}/pins", get(saved::show_pins))
        .route("/saved", get(saved::show_saved))
        .route("/rooms/{room}/messages/{id}/pin", post(saved::set_pin))
        .route("/rooms/{room}/messages/{id}/follow", post(thread::follow))
        .route("/rooms/{room}/messages/{id}/saved", post(saved::set_saved))
        .route(
            "/rooms/{room}/messages/{id}/unread",
            post(saved::mark_unread),
        )
        .route(
            "/rooms/{room}/messages/{id}/forward",
            get(saved::show_forward).post(saved::forward),
        )
        .route(
            "/rooms/{room}/settings",
            get(room_settings::show_settings).post(room_settings::update_room),
        )
        .route("/rooms/{room}/archive", post(room_settings::archive_room))
        .route(
            "/rooms/{room}/close",
            get(room_settings::ask_to_close).post(room_settings::close_room),
        )
        .route(
            "/rooms/{room}/delete",
            get(room_settings::ask_to_delete).post(room_settings::delete_room),
        )
        .route("/rooms/{room}/invites", post(room_settings::invite_guest))
        .route("/rooms/{room}/members", post(room_settings::add_member))
        .route(
            "/rooms/{room}/members/{handle}",
            post(room_settings::change_member),
        )
        .route(
            "/direct/new",
            get(direct_rooms::show_new_direct).post(direct_rooms::open_direct),
        )
        .route("/rooms/{room}/messages", post(messages::post_message))
        .route("/rooms/{room}/messages/{id}", get(room::show_message))
        .route(
            "/rooms/{room}/messages/{id}/edit",
            get(messages::show_edit).post(messages::edit_message),
        )
        .route(
            "/rooms/{room}/messages/{id}/delete",
            post(messages::delete_message),
        )
        .route(
            "/rooms/{room}/messages/{id}/reactions",
            post(messages::toggle_reaction),
        )
        .route("/assets/{fingerprint}/{*path}", get(assets::get_asset))
}

/// Returns the routes of the account page and its forms.
fn account_pages() -> Router<Arc<App>> {
    use pages::{account, credentials, oidc, passkeys, people, pictures, sign_in};
    Router::new()
        .route("/account/identities", post(oidc::connect))
        .route("/account/identities/{id}/end", post(oidc::disconnect))
        .route("/account", get(account::show_account))
        .route("/account/profile", post(people::update_profile))
        .route("/account/picture", post(pictures::set_picture))
        .route("/account/picture/remove", post(pictures::remove_picture))
        .route("/account/name", post(account::rename))
        .route("/account/looks", post(account::set_preferences))
        .route("/account/sessions/{id}/end", post(account::end_session))
        .route(
            "/account/sessions/end-others",
            post(credentials::end_other_sessions),
        )
        .route("/account/password", post(credentials::set_password))
        .route("/account/tokens", post(credentials::create_token))
        .route(
            "/account/tokens/{id}/revoke",
            post(credentials::revoke_token),
        )
        .route(
            "/account/passkeys/{id}/remove",
            post(passkeys::remove_passkey),
        )
        .route("/account/device", post(sign_in::create_link))
}

/// Returns the routes of pages by which people keep the peace: blocks, reports, merging and deleting accounts.
fn peace_pages() -> Router<Arc<App>> {
    use pages::{deletion, people, reports};
    Router::new()
        .route("/people/{handle}/block", post(people::block_person))
        .route("/people/{handle}/merge", post(people::merge_person))
        .route(
            "/account/delete",
            get(deletion::show_deletion).post(deletion::delete_account),
        )
        .route(
            "/rooms/{room}/messages/{id}/report",
            get(reports::show_report).post(reports::report_message),
        )
        .route("/admin/reports", get(reports::show_reports))
        .route("/admin/reports/{report}", post(reports::decide_report))
}

/// Returns the routes of the API, for programs and for the scripts of the pages.
///
/// The addresses are written in full: nesting would cost every request another allocation and another copy, and would make
/// addresses hard to search for.
fn api() -> Router<Arc<App>> {
    api_of_server()
        .merge(api_of_me())
        .merge(api_of_rooms())
        .merge(api_of_files())
}

/// Returns the routes of the API about the server and its people.
fn api_of_server() -> Router<Arc<App>> {
    use api::{audit, description, invites, reports, server, setup, users};
    Router::new()
        .route(
            "/api/v1/server",
            get(server::show_server).patch(server::update),
        )
        .route("/api/v1/setup", post(setup::set_up_server))
        .route(
            "/api/v1/invites",
            get(invites::list_all).post(invites::create),
        )
        .route("/api/v1/invites/{invite}", delete(invites::revoke))
        .route("/api/v1/invites/{secret}/redeem", post(invites::redeem))
        .route("/api/v1/openapi.json", get(description::show_description))
        .route("/api/v1/users", get(users::list_users))
        .route(
            "/api/v1/users/{handle}",
            get(users::show_user).patch(users::update_user),
        )
        .route("/api/v1/users/{handle}/ban", post(users::ban_user))
        .route("/api/v1/users/{handle}/merge", post(users::merge_user))
        .route("/api/v1/reports", get(reports::list_reports))
        .route("/api/v1/reports/{report}", post(reports::decide_report))
        .route(
            "/api/v1/users/{handle}/sign-in-link",
            post(users::create_sign_in_link),
        )
        .route(
            "/api/v1/users/{handle}/sessions",
            delete(users::end_sessions),
        )
        .route("/api/v1/audit", get(audit::list_audit))
}

/// Returns the routes of the API for coming in, and about the own account.
fn api_of_me() -> Router<Arc<App>> {
    use api::{blocks, credentials, inbox, me, passkeys, pictures, pins, sessions, tokens};
    Router::new()
        .route("/api/v1/join", post(me::join))
        .route("/api/v1/sign-in", post(credentials::sign_in))
        .route("/api/v1/sign-in/passkey", post(passkeys::sign_in))
        .route(
            "/api/v1/sign-in/passkey/challenge",
            post(passkeys::begin_sign_in),
        )
        .route(
            "/api/v1/me/passkeys",
            get(passkeys::list_passkeys).post(passkeys::add_passkey),
        )
        .route(
            "/api/v1/me/passkeys/challenge",
            post(passkeys::begin_registration),
        )
        .route(
            "/api/v1/me/passkeys/{passkey}",
            delete(passkeys::remove_passkey),
        )
        .route(
            "/api/v1/me/picture",
            put(pictures::set_picture).delete(pictures::remove_picture),
        )
        .route(
            "/api/v1/users/{handle}/picture",
            get(pictures::show_picture),
        )
        .route("/api/v1/me/password", put(credentials::set_password))
        .route("/api/v1/me/device-link", post(credentials::create_link))
        .route(
            "/api/v1/me",
            get(me::show_me).patch(me::update_me).delete(me::delete_me),
        )
        .route(
            "/api/v1/me/sessions",
            get(sessions::list_sessions).delete(sessions::end_other_sessions),
        )
        .route(
            "/api/v1/me/sessions/{session}",
            delete(sessions::end_session),
        )
        .route(
            "/api/v1/me/tokens",
            get(tokens::list_tokens).post(tokens::create_token),
        )
        .route("/api/v1/me/tokens/{token}", delete(tokens::revoke_token))
        .route("/api/v1/me/blocks", get(blocks::list_blocks))
        .route("/api/v1/inbox", get(inbox::list_inbox))
        .route("/api/v1/inbox/read", put(inbox::mark_inbox_read))
        .route("/api/v1/me/read", put(inbox::mark_all_read))
        .route("/api/v1/me/saved", get(pins::list_saved))
        .route(
            "/api/v1/me/blocks/{handle}",
            put(blocks::block).delete(blocks::unblock),
        )
}

/// Returns the routes of the API about rooms, and of the streams.
fn api_of_rooms() -> Router<Arc<App>> {
    use api::{
        calendar, custom_events, history, inbox, members, messages, pins, reactions, reports,
        rooms, threads,
    };
    Router::new()
        .route("/api/v1/events", get(stream::stream_all))
        .route(
            "/api/v1/rooms",
            get(rooms::list_rooms).post(rooms::create_room),
        )
        .route(
            "/api/v1/rooms/{room}",
            get(rooms::show_room)
                .patch(rooms::update_room)
                .delete(rooms::delete_room),
        )
        .route("/api/v1/direct", post(rooms::open_direct_room))
        .route(
            "/api/v1/rooms/{room}/events",
            get(stream::stream_room).post(custom_events::post_custom),
        )
        .route("/api/v1/rooms/{room}/members", get(members::list_members))
        .route(
            "/api/v1/rooms/{room}/members/{handle}",
            put(members::join_room).delete(members::leave_room),
        )
        .route(
            "/api/v1/rooms/{room}/calendar",
            get(calendar::show_calendar),
        )
        .route("/api/v1/rooms/{room}/read", put(inbox::mark_read))
        .route("/api/v1/rooms/{room}/notify", put(members::set_notify))
        .route("/api/v1/rooms/{room}/typing", post(members::signal_typing))
        .route(
            "/api/v1/rooms/{room}/favourite",
            put(members::add_favourite).delete(members::remove_favourite),
        )
        .route("/api/v1/rooms/{room}/pins", get(pins::list_pins))
        .route(
            "/api/v1/rooms/{room}/messages/{id}/pin",
            put(pins::pin).delete(pins::unpin),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/saved",
            put(pins::save).delete(pins::unsave),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/readers",
            get(inbox::list_readers),
        )
        .route(
            "/api/v1/rooms/{room}/messages",
            get(history::show_history).post(messages::post_message),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}",
            get(messages::show_message)
                .patch(messages::edit_message)
                .delete(messages::delete_message),
        )
        .route("/api/v1/rooms/{room}/threads", get(threads::list_followed))
        .route(
            "/api/v1/rooms/{room}/messages/{id}/thread",
            get(threads::show_thread),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/follow",
            get(threads::show_follow)
                .put(threads::follow)
                .delete(threads::unfollow),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/read",
            put(threads::mark_read),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/report",
            post(reports::report_message),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{id}/reactions/{emoji}",
            put(reactions::add_reaction).delete(reactions::remove_reaction),
        )
}

/// Returns the routes of uploads and files.
fn api_of_files() -> Router<Arc<App>> {
    use api::uploads;
    let uploads = Router::new()
        .route(
            "/files",
            post(uploads::begin_upload).options(uploads::show_support),
        )
        .route(
            "/files/{upload}",
            delete(uploads::cancel_upload)
                .patch(uploads::append)
                .head(uploads::show_upload),
        )
        .layer(map_response(uploads::add_version));
    uploads.route("/files/{file}/{name}", get(files::show_file))
}

/// Returns the routes for monitoring.
fn operations() -> Router<Arc<App>> {
    Router::new()
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
}
