//! The operations on the people of the server, and the audit log.

use super::{
    operation::Described,
    parameters::{limit, query},
    refusals::Refusal,
};
use crate::{
    model::{audit::AuditEntry, json_schema::text, profile::ProfileView},
    operations::administered::PASSWORD_LINK_VALID,
    web::api::{
        audit::{AUDIT_MAX, AuditList},
        credentials::OneTimeLink,
        users::{BanRequest, MergeRequest, PEOPLE_MAX, UpdateUserRequest, UserList},
    },
};
use axum::http::StatusCode;
use serde_json::json;
use utoipa::openapi::{ObjectBuilder, Type};

const USER: &str = "/api/v1/users/{handle}";

/// Describes the operations.
pub(super) fn operations() -> Vec<Described> {
    vec![
        list_users(),
        show_user(),
        update_user(),
        ban_user(),
        merge_user(),
        create_sign_in_link(),
        end_sessions(),
        list_audit(),
    ]
}

fn list_users() -> Described {
    let summary = "List the people whom the caller can see";
    let role = text().enum_values(Some(["admin", "member", "guest"]));
    let parameters = [
        query("q", "A part of the handle or the name.", text()),
        query("role", "Only people with this role.", role),
        query(
            "disabled",
            "`true`: only disabled accounts. Any other value: only others. Disabled accounts are listed for admins \
             only.",
            text(),
        ),
        query(
            "imported",
            "`true`: only people whom an import has brought and who have not come in yet. Any other value: only others.",
            text(),
        ),
        query("after", "Handle after which the page begins.", text()),
        query("before", "Handle before which the page ends.", text()),
        limit("people", PEOPLE_MAX, PEOPLE_MAX),
    ];
    Described::get("/api/v1/users", "listUsers", summary)
        .details(
            "Page by page, ordered by handle. Admins see all accounts, and guests only the people in their rooms.",
        )
        .parameters(parameters)
        .answers::<UserList>(StatusCode::OK, "A page of people.")
        .has_schema::<ProfileView>()
}

fn show_user() -> Described {
    Described::get(USER, "showUser", "Get the profile of a person")
        .answers::<ProfileView>(StatusCode::OK, "The profile.")
}

fn update_user() -> Described {
    let summary = "Change the role of a person, or disable the account";
    Described::patch(USER, "updateUser", summary)
        .details(
            "For admins. Absent fields keep their value. The sessions and streams of a disabled account end within a \
             second; what the person wrote stays. The last enabled admin cannot be demoted or disabled.",
        )
        .may_take::<UpdateUserRequest>(&json!({"role": "member"}))
        .answers::<ProfileView>(StatusCode::OK, "The changed account.")
        .refuses(Refusal::Conflict)
}

fn ban_user() -> Described {
    let path = "/api/v1/users/{handle}/ban";
    Described::post(path, "banUser", "Ban a person")
        .details(
            "For admins. Disables the account, ends its sessions for good, and can delete all its messages. \
             `disabled: false` ends the ban.",
        )
        .may_take::<BanRequest>(&json!({"hide_messages": true}))
        .answers_nothing()
        .refuses(Refusal::Conflict)
}

fn merge_user() -> Described {
    let path = "/api/v1/users/{handle}/merge";
    let summary = "Merge an imported person into an account";
    Described::post(path, "mergeUser", summary)
        .details(
            "For admins. The messages, reactions, mentions and memberships of the imported person become those of the \
             account, some at a time; streams tell of each message by `message-edited`. If it is interrupted, repeating \
             it goes on.",
        )
        .takes::<MergeRequest>(&json!({"into": "ann"}))
        .answers_nothing()
        .refuses(Refusal::Conflict)
}

fn create_sign_in_link() -> Described {
    let path = "/api/v1/users/{handle}/sign-in-link";
    let hours = PASSWORD_LINK_VALID.as_secs() / 3600;
    let summary = "Create a link in place of a forgotten password";
    Described::post(path, "createSignInLink", summary)
        .details(format!(
            "For admins. Whoever opens it in a browser within {hours} hours sets a new password and is signed in, once. \
             It replaces the previous link. Refused for admins, whose sign-in only the operator changes."
        ))
        .answers::<OneTimeLink>(StatusCode::CREATED, "The link.")
}

fn end_sessions() -> Described {
    let path = "/api/v1/users/{handle}/sessions";
    Described::delete(path, "endSessionsOf", "Sign a person out everywhere")
        .details("For admins. The streams of the sessions end, too. API tokens remain.")
        .answers_nothing()
}

fn list_audit() -> Described {
    let before = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0));
    let summary = "List decisions of admins, managers and the operator, and sign-ins";
    Described::get("/api/v1/audit", "listAudit", summary)
        .details(
            "For admins; 404 for others. The latest entry is the first one. Refused attempts to sign in to an account \
             are counted, and have at most two entries an hour for each `method`.",
        )
        .parameters([
            query(
                "before",
                "Id of the entry before which the page ends.",
                before,
            ),
            limit("entries", AUDIT_MAX, AUDIT_MAX),
        ])
        .answers::<AuditList>(StatusCode::OK, "A page of entries.")
        .has_schema::<AuditEntry>()
        .refuses(Refusal::NotFound)
}
