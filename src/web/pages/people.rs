//! `/people`: the list of people, their pages, and the forms of admins.

use super::{local, page, redirect_to, rooms::layout};
use crate::{
    app::App,
    error::{Error, Result},
    model::{profile::Profile, role::Role},
    operations::{
        administered::{create_password_link, end_sessions_of},
        blocks,
        users::{self, PeopleAnchor, ProfileDraft, parse_role},
    },
    web::{
        api::users::{BanRequest, MergeRequest, PeoplePageQuery},
        error::Rejection,
        extract::{Path, Sent, read_optional_flag},
        origin::Origin,
        problem::status_of,
        signed_in::SignedIn,
        views::{
            confirm::ConfirmPage,
            layout::isolate,
            people::{PasswordLinkPage, PeoplePage, PersonPage, role_name},
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

/// Shows a page of the list of people. Guests know only the people in their rooms, and have no such list.
pub async fn show_people(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    RawQuery(query): RawQuery,
    uri: Uri,
) -> Result<Response, Rejection> {
    if visitor.role() == Some(Role::Guest) {
        return Err(Error::NotFound.into());
    }
    let query = PeoplePageQuery::parse(query.as_deref())?;
    let people = users::list_people(&app, &visitor, query.filter.clone(), query.limit).await?;
    let last = people.last_before_next();
    let next = last.map(|last| {
        let after = PeopleAnchor::After(last.user.handle.clone());
        query.address_at("people", &after)
    });
    let shown = PeoplePage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(&app, &visitor, None, &uri).await?,
        text: query.filter.text.unwrap_or_default(),
        people: people.entries,
        is_admin: visitor.is_admin(),
        next,
    };
    page(StatusCode::OK, &shown)
}

/// Shows the page of a person.
pub async fn show_person(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    uri: Uri,
) -> Result<Response, Rejection> {
    let person = users::find_profile(&app, &visitor, &handle).await?;
    person_page(&app, &visitor, person, &uri, None).await
}

/// Fields of the forms for an account.
#[derive(Debug, Deserialize)]
pub struct PersonForm {
    role: Option<String>,
    #[serde(default, deserialize_with = "read_optional_flag")]
    disabled: Option<bool>,
    /// The page to return to; that of the person if absent.
    next: Option<String>,
    /// Whether a question was answered.
    confirmed: Option<String>,
}

/// Sets the role of a person, or whether the account is disabled. Asks first whether admins are to be admins no more by
/// their own doing, since they cannot take it back.
pub async fn update_person(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let PersonForm {
        role,
        disabled,
        next,
        confirmed,
    } = sent.fields()?;
    let role = role.as_deref().map(parse_role).transpose();
    let is_own = visitor.signed_in()?.handle == handle;
    if let Ok(Some(role)) = role
        && is_own
        && visitor.is_admin()
        && role != Role::Admin
        && confirmed.is_none()
    {
        let locale = visitor.preferences.locale;
        let lead = locale.own_role_lead(isolate("strong", role_name(locale, role)));
        let fields = vec![("role", role.as_str().to_owned())];
        let question = (locale.own_role(), lead, fields);
        return ask(&app, &visitor, &uri, question, &address_of(&handle)).await;
    }
    let updated = async {
        let role = role?;
        users::update_user(&app, visitor.requester()?, handle.clone(), role, disabled).await
    };
    match (updated.await, next) {
        (Ok(_), Some(next)) if !is_own => Ok(redirect_to(local(&next))),
        (updated, _) => answer(&app, &visitor, &handle, &uri, updated.map(drop)).await,
    }
}

/// The page that a form leads back to; that of the person if absent.
#[derive(Debug, Deserialize)]
pub struct BackForm {
    next: Option<String>,
}

/// Ends all sessions of a person.
pub async fn end_sessions(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    sent: Sent,
) -> Result<Response, Rejection> {
    let BackForm { next } = sent.fields()?;
    end_sessions_of(&app, visitor.requester()?, handle.clone()).await?;
    let next = next.unwrap_or_else(|| address_of(&handle));
    Ok(redirect_to(local(&next)))
}

/// Creates a one-time link in place of a forgotten password, and shows it.
pub async fn create_sign_in_link(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    origin: Origin,
    uri: Uri,
) -> Result<Response, Rejection> {
    let requester = visitor.requester()?;
    match create_password_link(&app, requester, handle.clone()).await {
        Ok((secret, expires_at)) => {
            let shown = PasswordLinkPage {
                locale: visitor.preferences.locale,
                scheme: visitor.preferences.scheme,
                layout: layout(&app, &visitor, None, &uri).await?,
                link: origin.password_link(&secret),
                expires_at,
                back: address_of(&handle)[1..].to_owned(),
                handle,
            };
            page(StatusCode::OK, &shown)
        }
        Err(error) => answer(&app, &visitor, &handle, &uri, Err(error)).await,
    }
}

/// Fields of the form for banning a person.
#[derive(Debug, Deserialize)]
pub struct BanForm {
    #[serde(flatten)]
    ban: BanRequest,
    /// Whether the question was answered.
    confirmed: Option<String>,
}

/// Bans a person, after a question.
pub async fn ban_person(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let BanForm { ban, confirmed } = sent.fields()?;
    let hides = ban.hide_messages.unwrap_or(false);
    if visitor.is_admin() && confirmed.is_none() {
        let person = users::find_profile(&app, &visitor, &handle).await?;
        let locale = visitor.preferences.locale;
        let mut lead = locale.ban_question(isolate("bdi", &person.user.handle));
        if hides {
            lead = format!("{lead} {}", locale.hide_messages_lead());
        }
        let fields = vec![("hide_messages", hides.to_string())];
        let path = format!("{}/ban", address_of(&handle));
        return ask(&app, &visitor, &uri, (locale.ban(), lead, fields), &path).await;
    }
    let banned = users::ban_user(&app, visitor.requester()?, &handle, hides).await;
    answer(&app, &visitor, &handle, &uri, banned).await
}

/// Fields of the form that blocks a person, or ends that.
#[derive(Debug, Deserialize)]
pub struct BlockForm {
    #[serde(default, deserialize_with = "read_optional_flag")]
    blocked: Option<bool>,
    /// The path to return to; the person's page if absent.
    next: Option<String>,
}

/// Blocks a person for the visitor, or ends that.
pub async fn block_person(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let BlockForm { blocked, next } = sent.fields()?;
    let is_blocked = blocked.unwrap_or(true);
    let changed = blocks::set_block(&app, &visitor, &handle, is_blocked).await;
    match (changed, next) {
        (Ok(()), Some(next)) => Ok(redirect_to(local(&next))),
        (changed, _) => answer(&app, &visitor, &handle, &uri, changed).await,
    }
}

/// Merges an imported person into an account, whose page is shown then.
pub async fn merge_person(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    Path(handle): Path<String>,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let MergeRequest { into } = sent.fields()?;
    match users::merge_user(&app, visitor.requester()?, &handle, &into).await {
        Ok(()) => Ok(redirect_to(&address_of(
            into.trim().trim_start_matches('@'),
        ))),
        Err(error) => answer(&app, &visitor, &handle, &uri, Err(error)).await,
    }
}

/// Fields of the form for what a person says of themselves. Absent fields are empty.
#[derive(Debug, Deserialize)]
pub struct ProfileForm {
    #[serde(default)]
    about: String,
    #[serde(default)]
    time_zone: String,
    hides_presence: Option<String>,
    hides_reading: Option<String>,
}

/// Sets what the visitor says of themselves.
pub async fn update_profile(
    State(app): State<Arc<App>>,
    visitor: SignedIn,
    uri: Uri,
    sent: Sent,
) -> Result<Response, Rejection> {
    let ProfileForm {
        about,
        time_zone,
        hides_presence,
        hides_reading,
    } = sent.fields()?;
    let draft = ProfileDraft {
        about: Some(about),
        time_zone: Some(time_zone),
        // A box that is not checked is not sent.
        hides_presence: Some(hides_presence.is_some()),
        hides_reading: Some(hides_reading.is_some()),
    };
    let updated = users::update_profile(&app, &visitor, &draft).await;
    let handle = visitor.signed_in()?.handle.clone();
    answer(&app, &visitor, &handle, &uri, updated).await
}

/// Asks before a form is sent to `path`, which is that of the person or below it. The question is a title, a text in HTML,
/// and the fields of the form.
async fn ask(
    app: &App,
    visitor: &SignedIn,
    here: &Uri,
    (title, lead, mut fields): (&'static str, String, Vec<(&'static str, String)>),
    path: &str,
) -> Result<Response, Rejection> {
    fields.push(("confirmed", "true".to_owned()));
    let action = path[1..].to_owned();
    let shown = ConfirmPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(app, visitor, None, here).await?,
        title,
        lead,
        fields,
        back: action.trim_end_matches("/ban").to_owned(),
        action,
    };
    page(StatusCode::OK, &shown)
}

/// Leads back to the page of a person, or shows it with the reason why a form was refused.
pub(super) async fn answer(
    app: &App,
    visitor: &SignedIn,
    handle: &str,
    here: &Uri,
    result: Result<()>,
) -> Result<Response, Rejection> {
    match result {
        Ok(()) => Ok(redirect_to(&address_of(handle))),
        Err(Error::Invalid { fault, .. }) => {
            let person = users::find_profile(app, visitor, handle).await?;
            let reason = visitor.preferences.locale.explain_fault(fault);
            let refused = Some((status_of(fault), reason));
            person_page(app, visitor, person, here, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

fn address_of(handle: &str) -> String {
    let bytes = form_urlencoded::byte_serialize(handle.as_bytes());
    format!("/people/{}", bytes.collect::<String>())
}

async fn person_page(
    app: &App,
    visitor: &SignedIn,
    person: Profile,
    here: &Uri,
    refused: Option<(StatusCode, String)>,
) -> Result<Response, Rejection> {
    let (status, error) = match refused {
        Some((status, error)) => (status, Some(error)),
        None => (StatusCode::OK, None),
    };
    let shown = PersonPage {
        locale: visitor.preferences.locale,
        scheme: visitor.preferences.scheme,
        layout: layout(app, visitor, None, here).await?,
        person,
        is_admin: visitor.is_admin(),
        error,
    };
    page(status, &shown)
}
