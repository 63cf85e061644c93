//! Runs of import steps: the verdict on each step, and the rows to be added.

use super::{
    super::{actor::Actor, applied::Applied},
    facts::Facts,
    rows::Rows,
};
use crate::{
    error::{Error, Result},
    model::{
        account::NewAccount,
        change::Outcome,
        event::kind,
        ids::{EventId, RoomId, UserId},
        import::{ImportStep, Imported},
        time::Timestamp,
        user::SERVER_HANDLE,
    },
    store::{db::Connection, events::NewEvent, users::NewUser},
};

/// A run of steps, of which the earlier ones count as applied.
#[derive(Debug)]
pub(super) struct ImportRun<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) rows: Rows<'a>,
    /// What the current step has added.
    pub(super) imported: Imported,
}

impl<'a> ImportRun<'a> {
    /// Creates an empty run.
    pub(super) fn new(facts: Facts<'a>) -> Self {
        Self {
            facts,
            rows: Rows::default(),
            imported: Imported::default(),
        }
    }

    /// Writes what the steps have added.
    pub(super) async fn write(self, tx: &mut Connection) -> Result<()> {
        self.rows.write(tx).await?;
        self.facts.ids.write(tx).await
    }

    /// Takes a step.
    pub(super) fn take(&mut self, actor: Actor, step: &'a ImportStep) -> Result<Applied> {
        actor.operates()?;
        if !self.facts.ids.is_importing() && !matches!(step, ImportStep::Begin) {
            return Err(Error::Refused("no import is in progress".into()));
        }
        self.imported = Imported::default();
        let mut access = None;
        match step {
            ImportStep::Begin => self.facts.ids.begin(),
            ImportStep::Message(message) => self.add_message(message, actor.at)?,
            ImportStep::Mentions { message, mentions } => self.add_mentions(message, mentions)?,
            ImportStep::Edit { message } => self.mark_as_edited(message, actor.at)?,
            ImportStep::Deletion { message } => self.mark_as_deleted(message, actor.at)?,
            ImportStep::Reaction {
                message,
                emoji,
                user,
            } => self.add_reaction(message, emoji, user, actor.at)?,
            ImportStep::Room { room, name, topic } => {
                self.update_room(room, name, topic, actor.at)?;
            }
            ImportStep::Member { room, user } => access = self.add_member(room, user, actor.at)?,
            ImportStep::End => self.facts.ids.end(),
        }
        let access = access.into_iter().collect();
        let outcome = Outcome::Imported(self.imported);
        Ok(Applied::with_accesses(outcome, access))
    }

    /// Returns the server's own account.
    pub(super) fn server(&self) -> Result<UserId> {
        let server = self.facts.users.get(SERVER_HANDLE);
        server.copied().ok_or(Error::NotFound)
    }

    /// Returns a user, who is created if they do not exist.
    pub(super) fn user(&mut self, account: &'a NewAccount, at: Timestamp) -> UserId {
        if let Some(id) = self.facts.users.get(&account.handle.text) {
            return *id;
        }
        let id = UserId(self.facts.ids.take_lowest());
        let joining = NewEvent {
            subject_id: Some(id),
            ..event(kind::USER, id, None, at)
        };
        self.rows.append(EventId(id.0), joining);
        self.rows.add_user(
            id,
            &account.mention_key,
            NewUser::new(id, account, at).imported(),
        );
        let handle = account.handle.text.clone();
        self.facts.users.insert(handle, id);
        self.imported.users += 1;
        id
    }

    /// Appends an event with the next id.
    pub(super) fn append(&mut self, event: NewEvent<'static>) -> EventId {
        let id = EventId(self.facts.ids.take_next());
        self.rows.append(id, event);
        id
    }
}

/// Returns an event by a user.
pub(super) fn event(
    kind: &'static str,
    by: UserId,
    room: Option<RoomId>,
    at: Timestamp,
) -> NewEvent<'static> {
    Actor::new(at, by).event(kind, room)
}
