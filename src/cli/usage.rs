//! The command line: the commands, their help, and their dispatch.

use super::{Failure, backup, check, export, import, post, restore, serve, tail};
use crate::config::{Config, DB};
use clap::{Args, Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Help text for the address of the server, shared by all commands that connect to one.
pub(super) const SERVER_EXAMPLE: &str = "Address of the server, such as http://127.0.0.1:3000";

const EXAMPLES: &str = "\
Examples:
  backscroll
      a chat on http://127.0.0.1:3000, kept in the file backscroll.db
  backscroll --listen 0.0.0.0:80 --door open
      the same for everybody on your network
  date | backscroll post localhost:3000 general --as clock --token-file clock.token
  backscroll tail localhost:3000 --after earliest | jq .message.body
  backscroll backup monday.db
      a copy of the file, also while the server runs

Exit codes:
  0  done
  1  failed
  2  the command line is wrong
  3  the data is at fault: the file for check, a line for import and for post --lines
  4  the file is in use by another process
  5  the server refused
  6  the server cannot be reached, or something else answers in its place (a proxy, a redirect)

A setting with [env: NAME] can come from that variable, too.";

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
    /// Serve the chat; what `backscroll` alone does, too
    Serve(Config),
    /// Print each event as a line of JSON; reconnects for ever and misses nothing
    Tail(tail::Tail),
    /// Post a message, once, however bad the network is
    Post(post::Post),
    /// Import an archive: all of it or nothing, and nothing twice
    Import(import::Import),
    /// Write every message to standard output, in the form that import reads
    ///
    /// All rooms, closed ones included. Rooms without a message, accounts' tokens and the events of bots are left out;
    /// a backup holds everything.
    Export(export::Export),
    /// Copy the file, also while the server runs
    Backup(backup::Backup),
    /// Put a backup in the place of the file; the server must be stopped
    Restore(restore::Restore),
    /// Check that the file is intact and consistent
    Check(check::Check),
}

/// The file that a command works on.
#[derive(Args, Debug)]
pub(super) struct Database {
    /// The file that holds everything
    #[arg(long, env = "BACKSCROLL_DB", hide_env_values = true, value_name = "FILE", default_value = DB)]
    pub db: PathBuf,
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
        .unwrap_or(Command::Serve(arguments.config))
    {
        Command::Serve(config) => serve::run(config).await,
        Command::Tail(tail) => tail::run(tail).await,
        Command::Post(post) => post::run(post).await,
        Command::Import(import) => import::run(import).await,
        Command::Export(export) => export::run(export).await,
        Command::Backup(backup) => backup::run(backup).await,
        Command::Restore(restore) => restore::run(restore).await,
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
        assert_eq!(alone.config, config);
    }
}
