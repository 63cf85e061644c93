//! The people of the server: profiles, the list of people, and what admins do to accounts.

use crate::{
    app::App,
    auth::viewer::Viewer,
    error::{Error, Result, parse_field},
    event_log::answer::Answer,
    fault::Fault,
    model::{
        account::NewAccount,
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

pub use crate::store::profiles::{PeopleAnchor, PeopleCounts};

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
    /// Only people whom an import has brought, or only others.
    pub imported: Option<bool>,
    /// The place where the page begins or ends.
    pub anchor: PeopleAnchor,
}

/// Returns the profile of a user whom the viewer may see; the handle `me` is the viewer's.
pub async fn find_profile(app: &App, viewer: &Viewer, handle: &str) -> Result<Profile> {
    let me = viewer.signed_in()?;
    let handle = if handle == "me" { &me.handle } else { handle };
    let mut connection = app.readers().acquire().await?;
    let profile = profiles::find_profile(&mut connection, reader_of(viewer, me), handle).await?;
    Ok(with_presence(app, profile.ok_or(Error::NotFound)?))
}

fn with_presence(app: &App, profile: Profile) -> Profile {
    Profile {
        is_here: app.log.presence.is_here(&profile.user.handle),
        ..profile
    }
}

/// Returns how many accounts there are, for admins.
pub async fn count_people(app: &App, viewer: &Viewer) -> Result<PeopleCounts> {
    if !viewer.is_admin() {
        return Err(Error::NotFound);
    }
    let mut connection = app.readers().acquire().await?;
    profiles::count_people(&mut connection).await
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
        imported: filter.imported,
        anchor: filter.anchor,
        limit: one_more(limit),
    };
    let mut connection = app.readers().acquire().await?;
    let mut people = profiles::list_people(&mut connection, reader, &query).await?;
    // Before a place, the entry beyond the page is the first one.
    if is_before && people.len() > limit {
        people.rotate_left(1);
    }
    let people = people.into_iter().map(|person| with_presence(app, person));
    Ok(Page::of(people.collect(), limit))
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
    /// Whether others are not told of the viewer's presence.
    pub hides_presence: Option<bool>,
    /// Whether others are not told which messages the viewer has read.
    pub hides_reading: Option<bool>,
}

/// Sets what the viewer says of themselves.
pub async fn update_profile(app: &App, viewer: &Viewer, draft: &ProfileDraft) -> Result<()> {
    let by = viewer.signed_in()?.id;
    let (about, time_zone) = parse_draft(draft)?;
    let (hides_presence, hides_reading) = (draft.hides_presence, draft.hides_reading);
    let is_hidden = hides_presence.or(hides_reading);
    if about.is_some() || time_zone.is_some() || is_hidden.is_some() {
        let action = Action::UpdateProfile {
            about,
            time_zone,
            hides_presence,
            hides_reading,
        };
        app.submit(Some(by), action).await?;
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

/// Creates an account for the operator, whatever the door. Nobody is signed in to it.
pub async fn add_user(app: &App, account: NewAccount) -> Result<User> {
    let action = Action::AddUser { account };
    app.submit_from(Requester::OPERATOR, action)
        .await?
        .into_user()
}

/// What a flood has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flood {
    /// The handles of accounts that have written nothing and are in no closed room.
    pub users: Vec<String>,
    /// The slugs of their rooms, in which nothing was written and nobody else is.
    pub rooms: Vec<String>,
}

/// Returns what a flood has made since a time.
pub async fn find_flood(app: &App, since: Timestamp) -> Result<Flood> {
    let mut connection = app.readers().acquire().await?;
    let users = deletion::find_flood(&mut connection, since).await?;
    let rooms = deletion::find_flood_rooms(&mut connection, &users).await?;
    Ok(Flood { users, rooms })
}

/// Returns those of these rooms in which nothing was written and that nobody is in, or that are direct ones of a deleted
/// account.
pub async fn retain_deserted(app: &App, rooms: Vec<String>) -> Result<Vec<String>> {
    let mut connection = app.readers().acquire().await?;
    deletion::retain_deserted(&mut connection, &rooms).await
}

/// Deletes an account and its reactions for the operator, if it still has written nothing. Returns whether it was
/// deleted.
pub async fn delete_silent_user(app: &App, handle: &str) -> Result<bool> {
    loop {
        let handle = handle.to_owned();
        let action = Action::EraseReactions { handle };
        match app.submit_from(Requester::OPERATOR, action).await {
            Ok(answer) => {
                if !answer.into_has_more()? {
                    break;
                }
            }
            Err(Error::NotFound) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
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
