//! The people of the server: profiles, the list of people, and what admins do to accounts.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result, parse_field},
    event_log::answer::Answer,
    fault::Fault,
    model::{
        change::{Action, Requester},
        ids::{MessageId, UserId},
        page::{Page, one_more},
        profile::{About, Profile, TimeZone},
        role::Role,
        time::Timestamp,
        user::User,
    },
    store::{
        deletion,
        profiles::{self, PeopleQuery, ProfileReader},
    },
};

pub use crate::store::profiles::PeopleAnchor;

/// The roles that admins can give.
const ROLES: [&str; 3] = ["admin", "member", "guest"];

/// The part of the list of people that is requested, before validation.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// A part of the handle or name.
    pub text: Option<String>,
    /// Only people with this role.
    pub role: Option<Role>,
    /// Only disabled accounts, or only others.
    pub disabled: Option<bool>,
    /// The place where the page begins or ends.
    pub anchor: PeopleAnchor,
}

/// Returns the profile of a user whom the viewer may see; the handle `me` is the viewer's.
pub async fn find_profile(app: &App, viewer: &Viewer, handle: &str) -> Result<Profile> {
    let me = viewer.signed_in()?;
    let handle = if handle == "me" { &me.handle } else { handle };
    let mut connection = app.readers().acquire().await?;
    profiles::find_profile(&mut connection, reader_of(viewer, me), handle)
        .await?
        .ok_or(Error::NotFound)
}

/// Returns a page of at most `limit` of the people whom the viewer may see, in the order of handles.
pub async fn list_people(
    app: &App,
    viewer: &Viewer,
    filter: PeopleFilter,
    limit: usize,
) -> Result<Page<Profile>> {
    let reader = reader_of(viewer, viewer.signed_in()?);
    let is_before = matches!(filter.anchor, PeopleAnchor::Before(_));
    let query = PeopleQuery {
        text: filter.text,
        role: filter.role,
        disabled: filter.disabled,
        anchor: filter.anchor,
        limit: one_more(limit),
    };
    let mut connection = app.readers().acquire().await?;
    let mut people = profiles::list_people(&mut connection, reader, &query).await?;
    // Before a place, the entry beyond the page is the first one.
    if is_before && people.len() > limit {
        people.rotate_left(1);
    }
    Ok(Page::of(people, limit))
}

fn reader_of(viewer: &Viewer, me: &User) -> ProfileReader {
    ProfileReader {
        user: me.id,
        is_admin: viewer.is_admin(),
    }
}

/// What the viewer says of themselves, before validation. `None` leaves a value unchanged.
#[derive(Clone, Debug, Default)]
pub struct ProfileDraft {
    /// One line.
    pub about: Option<String>,
    /// The name of a time zone.
    pub time_zone: Option<String>,
}

/// Sets what the viewer says of themselves.
pub async fn update_profile(app: &App, viewer: &Viewer, draft: &ProfileDraft) -> Result<()> {
    let by = viewer.signed_in()?.id;
    let (about, time_zone) = parse_draft(draft)?;
    if about.is_some() || time_zone.is_some() {
        app.submit(Some(by), Action::UpdateProfile { about, time_zone })
            .await?;
    }
    Ok(())
}

/// Checks what somebody says of themselves.
pub fn parse_draft(draft: &ProfileDraft) -> Result<(Option<About>, Option<TimeZone>)> {
    let about = draft.about.as_deref().map(About::parse).transpose();
    let time_zone = draft.time_zone.as_deref().map(TimeZone::parse).transpose();
    Ok((
        parse_field("about", about)?,
        parse_field("time_zone", time_zone)?,
    ))
}

/// Parses a role that admins can give.
pub fn parse_role(role: &str) -> Result<Role> {
    let is_known = ROLES.contains(&role);
    let role = role.parse().ok().filter(|_| is_known);
    role.ok_or_else(|| Error::invalid("role", Fault::UnknownValue { known: &ROLES }))
}

/// Sets the role of a user, and whether the account is disabled. `None` leaves a value unchanged.
pub async fn update_user(
    app: &App,
    requester: Requester,
    handle: String,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Result<User> {
    let action = Action::UpdateUser {
        handle,
        role,
        disabled,
    };
    app.submit_from(requester, action).await?.into_user()
}

/// Disables an account and ends its sessions. With `hide_messages`, deletes all messages of the user, some at a time, so
/// that other changes need not wait for long. Repeating it deletes what an interrupted one has left.
pub async fn ban_user(
    app: &App,
    requester: Requester,
    handle: &str,
    hide_messages: bool,
) -> Result<()> {
    let action = Action::BanUser {
        handle: handle.to_owned(),
        hide_messages,
    };
    app.submit_from(requester, action).await?;
    if hide_messages {
        erase_messages(app, requester, handle).await?;
    }
    Ok(())
}

async fn erase_messages(app: &App, requester: Requester, handle: &str) -> Result<()> {
    let mut after: Option<MessageId> = None;
    loop {
        let action = Action::EraseMessages {
            handle: handle.to_owned(),
            after,
        };
        let erased = app.submit_from(requester, action).await?;
        after = erased.into_erased_up_to()?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Merges an imported person into an account, some messages at a time, so that other changes need not wait for long.
/// Repeating it finishes an interrupted one.
pub async fn merge_user(app: &App, requester: Requester, from: &str, into: &str) -> Result<()> {
    let mut after: Option<MessageId> = None;
    loop {
        let action = Action::MergeUser {
            from: from.to_owned(),
            into: into.trim().trim_start_matches('@').to_owned(),
            after,
        };
        match app.submit_from(requester, action).await? {
            Answer::Merging { after: next } => after = next,
            _ => return Ok(()),
        }
    }
}

/// Deletes an account, and before that all its messages if `erase` says so.
pub async fn delete_user(app: &App, requester: Requester, handle: &str, erase: bool) -> Result<()> {
    if erase {
        erase_messages(app, requester, handle).await?;
    }
    let action = Action::DeleteUser {
        handle: handle.to_owned(),
        only_silent: false,
    };
    app.submit_from(requester, action).await?;
    Ok(())
}

/// Deletes the viewer's own account, which the viewer confirms by its handle.
pub async fn delete_own(app: &App, viewer: &Viewer, handle: &str, erase: bool) -> Result<()> {
    let requester = viewer.requester()?;
    if viewer.signed_in()?.handle != handle.trim() {
        return Err(Error::invalid("handle", Fault::HandleUnconfirmed));
    }
    delete_user(app, requester, handle.trim(), erase).await
}

/// Returns all accounts, for the operator.
pub async fn list_everybody(app: &App) -> Result<Vec<Profile>> {
    const AT_ONCE: i64 = 1000;
    let reader = ProfileReader {
        user: UserId::default(),
        is_admin: true,
    };
    let mut query = PeopleQuery {
        limit: AT_ONCE,
        ..PeopleQuery::default()
    };
    let mut everybody: Vec<Profile> = Vec::new();
    loop {
        let mut connection = app.readers().acquire().await?;
        let page = profiles::list_people(&mut connection, reader, &query).await?;
        let Some(last) = page.last() else {
            return Ok(everybody);
        };
        query.anchor = PeopleAnchor::After(last.user.handle.clone());
        everybody.extend(page);
    }
}

/// Returns the handles of the accounts made since a time that have written nothing and are in no closed room.
pub async fn find_flood(app: &App, since: Timestamp) -> Result<Vec<String>> {
    let mut connection = app.readers().acquire().await?;
    deletion::find_flood(&mut connection, since).await
}

/// Deletes an account for the operator, if it still has written nothing. Returns whether it was deleted.
pub async fn delete_silent_user(app: &App, handle: &str) -> Result<bool> {
    let action = Action::DeleteUser {
        handle: handle.to_owned(),
        only_silent: true,
    };
    match app.submit_from(Requester::OPERATOR, action).await {
        Ok(answer) => Ok(matches!(answer, Answer::Deleted)),
        Err(Error::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}
