//! The command line: the commands, their help, and their dispatch.

use super::{
    Failure, backup, check, export, import, invite, post, restore, room, serve, setup_link, tail,
    token, user,
};
use crate::{
    config::{Config, DB},
    files::folder::FileFolder,
    store::database_path::DatabasePath,
};
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Help text for the address of the server, shared by all commands that connect to one.
pub(super) const SERVER_EXAMPLE: &str = "Address of the server, such as http://127.0.0.1:3000";

const EXAMPLES: &str = "\
Examples:
  backscroll
      a chat on http://127.0.0.1:3000, stored in backscroll.db
  backscroll --listen 0.0.0.0:80 --door open
      the same for everybody on your network
  date | backscroll post localhost:3000 general --as clock --token-file clock.token
  backscroll tail localhost:3000 --after earliest | jq .message.body
  backscroll user role ann admin
      ann administers the server
  backscroll backup monday.db
      a copy of the database; the server may be running

Exit codes:
  0  done
  1  failed
  2  the command line is invalid
  3  the data is invalid: the database for check, a line for import and post --lines
  4  the database is in use by another process
  5  the server refused the request
  6  the server cannot be reached, or the response is not Backscroll's (a proxy, a redirect)

A setting with [env: NAME] can also be set by that variable.";

/// Self-hosted chat in one program and one file, in which nobody ever misses, repeats or reorders a message.
#[derive(Parser, Debug)]
#[command(
    name = "backscroll",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_value_name = "COMMAND",
    max_term_width = 110
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten, next_help_heading = "Options of the server")]
    config: Config,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server; also the default without a command
    Serve(Box<Config>),
    /// Print a new link for setting the server up, while it has no admin
    ///
    /// The link works once. It replaces an earlier one, and the server keeps it when it starts; the server may be
    /// running.
    SetupLink(setup_link::SetupLink),
    /// Print each event as a line of JSON; reconnects and resumes automatically
    Tail(tail::Tail),
    /// Post a message exactly once, with retries
    Post(post::Post),
    /// Import an archive, completely or not at all; existing messages are skipped
    Import(import::Import),
    /// Write all messages to standard output, in the format that import reads
    ///
    /// Includes closed rooms. Rooms without messages, tokens and custom events of bots are not included; use `backup`
    /// for a complete copy.
    Export(export::Export),
    /// Copy the database, and the files beside it; the server may be running
    ///
    /// The files are copied to a folder beside the copy, with its name and `-files`. Files that are there already are not
    /// copied again.
    Backup(backup::Backup),
    /// Replace the database with a backup; the server must be stopped
    Restore(restore::Restore),
    /// List, create, change and delete accounts; the server may be running
    User(user::User),
    /// List, create, archive and delete rooms, and change their members; the server may be running
    Room(room::Room),
    /// Make, list and revoke invitations; the server may be running
    Invite(invite::Invite),
    /// Make, list and revoke API tokens; the server may be running
    Token(token::Token),
    /// Check the integrity and consistency of the database
    Check(check::Check),
}

/// The database that a command uses.
#[derive(Args, Debug)]
pub(super) struct Database {
    /// Path of the database
    #[arg(long, env = "BACKSCROLL_DB", hide_env_values = true, value_name = "FILE", default_value = DB)]
    pub db: PathBuf,
}

/// The folder of files that a command uses.
#[derive(Args, Debug)]
pub(super) struct Files {
    /// Folder of the files that people send; by default beside the database, with its name and `-files`
    #[arg(
        long = "files",
        env = "BACKSCROLL_FILES",
        hide_env_values = true,
        value_name = "FOLDER"
    )]
    pub folder: Option<PathBuf>,
}

impl Files {
    /// Returns the folder of a database.
    pub(super) fn of(&self, database: &DatabasePath) -> FileFolder {
        FileFolder::new(database, self.folder.as_deref())
    }
}

/// Runs the command that the arguments of the process select.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::failed(format!("cannot start: {error}")).end(),
    };
    let end = runtime.block_on(run(arguments));
    // A thread that blocks in a write to a full pipe must not delay the end of the process.
    runtime.shutdown_background();
    end.map_or_else(Failure::end, |()| ExitCode::SUCCESS)
}

async fn run(arguments: CommandLine) -> Result<(), Failure> {
    match arguments
        .command
        .unwrap_or(Command::Serve(Box::new(arguments.config)))
    {
        Command::Serve(config) => serve::run(*config).await,
        Command::SetupLink(link) => setup_link::run(link).await,
        Command::Tail(tail) => tail::run(tail).await,
        Command::Post(post) => post::run(post).await,
        Command::Import(import) => import::run(import).await,
        Command::Export(export) => export::run(export).await,
        Command::Backup(backup) => backup::run(backup).await,
        Command::Restore(restore) => restore::run(restore).await,
        Command::User(user) => user::run(user).await,
        Command::Room(room) => room::run(room).await,
        Command::Invite(invite) => invite::run(invite).await,
        Command::Token(token) => token::run(token).await,
        Command::Check(check) => check::run(check).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        let alone = CommandLine::try_parse_from(["backscroll", "--listen", "127.0.0.1:0"]).unwrap();
        let named = CommandLine::try_parse_from(["backscroll", "serve", "--listen", "127.0.0.1:0"])
            .unwrap();
        let Some(Command::Serve(config)) = named.command else {
            panic!("not serve")
        };
        assert!(alone.command.is_none());
        assert_eq!(alone.config, *config);
    }
}
