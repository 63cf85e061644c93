//! Names of accounts whose owners have names elsewhere, at an OpenID provider or a proxy.

use crate::{
    app::{App, random_between},
    error::{Error, Outage, Result},
    model::{
        account::{FoldedName, NewAccount},
        change::{Action, Requester},
        suggested_handle::suggest_handle,
        user::{DisplayName, User},
    },
    store::{db::Connection, users},
};

/// Number of handles that end with consecutive numbers. Further ones end with a random number.
const NUMBERED: u64 = 9;
/// Number of handles that are tried.
const ATTEMPTS: u64 = 40;

/// The names of a person elsewhere.
#[derive(Clone, Debug)]
pub(super) struct NamesElsewhere {
    /// The name that the handle resembles.
    pub(super) handle: String,
    /// The display name; the handle if it is absent, not valid, or taken.
    pub(super) name: Option<String>,
}

/// Creates an account by an action, under names that are free and resemble those that the person has elsewhere.
pub(super) async fn create_account(
    app: &App,
    requester: Requester,
    names: &NamesElsewhere,
    action: impl Fn(NewAccount) -> Action,
) -> Result<User> {
    let base = suggest_handle(&names.handle);
    let name = names.name.as_deref().map(DisplayName::parse);
    let name = name.and_then(Result::ok).map(DisplayName::into_string);
    for attempt in 0..ATTEMPTS {
        let handle = match attempt {
            0 => base.clone(),
            1..NUMBERED => format!("{base}{}", attempt + 1),
            _ => format!("{base}-{}", random_between(1_000, 9_999)),
        };
        let mut connection = app.readers().acquire().await?;
        if is_taken(&mut connection, &handle).await? {
            continue;
        }
        let is_free = match &name {
            Some(name) => !is_taken(&mut connection, name).await?,
            None => false,
        };
        drop(connection);
        let name = name.as_ref().filter(|_| is_free).unwrap_or(&handle);
        let account = NewAccount::new(&handle, name);
        match app.submit_from(requester, action(account)).await {
            Ok(answer) => return answer.into_user(),
            // Somebody else has taken the name in the meantime.
            Err(Error::Invalid { field, .. }) if matches!(&*field, "handle" | "name") => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable(Outage::Busy))
}

async fn is_taken(connection: &mut Connection, name: &str) -> Result<bool> {
    let folded = FoldedName::of_handle(name);
    users::is_taken(connection, &folded.look_alikes, None).await
}
