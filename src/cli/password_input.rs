//! Reading a password: a line of standard input, which a terminal does not show while it is typed.

use super::Failure;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

/// Greatest length of a line in bytes.
const LINE_MAX: u64 = 4096;

/// Reads a password from standard input, without the end of its line.
pub(super) fn read_password(handle: &str) -> Result<String, Failure> {
    let hidden = Echo::hide(handle);
    let mut line = String::new();
    let read = io::stdin().lock().take(LINE_MAX).read_line(&mut line);
    drop(hidden);
    read.map_err(|error| Failure::failed(format!("cannot read the password: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::usage(
            "no password: give it as the first line of standard input",
        ));
    }
    Ok(password.to_owned())
}

/// A terminal that does not show what is typed. Dropped, it does again.
struct Echo {
    modes: Termios,
}

impl Echo {
    /// Asks for a password, and hides what is typed. `None` if standard input is not a terminal.
    fn hide(handle: &str) -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let _ = write!(io::stderr(), "New password of {handle}: ");
        let modes = tcgetattr(&stdin).ok()?;
        let mut hidden = modes.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden).ok()?;
        Some(Self { modes })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.modes);
        let _ = writeln!(io::stderr());
    }
}
