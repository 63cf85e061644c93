//! The Unix socket through which commands of the operator reach the running server. A client sends one
//! [`Request`] as a line of JSON, and gets one [`Reply`] as a line of JSON.
//!
//! Whoever may use the socket administers the server. It has the mode 0600, and clients of other users, except root, are
//! refused also if it has not.

use super::stop::Stop;
use crate::{
    app::App,
    operator::{Reply, Request, execute, socket_path::own_user_id},
};
use std::{
    fs, io,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    time::{sleep, timeout},
};

/// Greatest size of a request in bytes.
const REQUEST_MAX: u64 = 64 * 1024;
/// Time limit for sending a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after an error of accepting, such as no free descriptor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A socket that accepts commands. Its file is removed when dropped.
#[derive(Debug)]
pub struct OperatorSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl OperatorSocket {
    /// Listens at `path`. The caller holds the lock of the database, so that a socket that is there belongs to a process
    /// that has ended. Other files are not replaced.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.file_type().is_socket() => fs::remove_file(&path)?,
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Executes the commands of clients until [`Stop::soft`].
    pub async fn serve(self, app: Arc<App>, stop: Stop) {
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stop.soft.cancelled() => return,
            };
            match accepted {
                Ok((stream, _)) if is_own(&stream) => {
                    stop.tasks.spawn(answer(stream, Arc::clone(&app)));
                }
                Ok(_) => tracing::warn!("a command by another user was refused"),
                Err(error) => {
                    tracing::error!(%error, "accepting a command failed");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

impl Drop for OperatorSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn is_own(stream: &UnixStream) -> bool {
    let allowed = [0, own_user_id()];
    let peer = stream.peer_cred();
    peer.is_ok_and(|peer| allowed.contains(&peer.uid()))
}

async fn answer(mut stream: UnixStream, app: Arc<App>) {
    let Ok(Ok(line)) = timeout(REQUEST_TIMEOUT, read_line(&mut stream)).await else {
        return;
    };
    let reply = match serde_json::from_str::<Request>(&line) {
        Ok(request) => execute(&app, request).await,
        Err(error) => Reply::Refused(format!("this server does not know the command ({error})")),
    };
    if let Ok(mut line) = serde_json::to_vec(&reply) {
        line.push(b'\n');
        let _ = stream.write_all(&line).await;
    }
}

async fn read_line(stream: &mut UnixStream) -> io::Result<String> {
    let mut line = String::new();
    let mut reader = BufReader::new(stream.take(REQUEST_MAX));
    reader.read_line(&mut line).await?;
    Ok(line)
}

/// Sends a request to the server that listens at `path`. Returns `None` if there is none.
pub async fn ask(path: &Path, request: &Request) -> io::Result<Option<Reply>> {
    let mut stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::ConnectionRefused]
                .contains(&error.kind()) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    Ok(Some(serde_json::from_slice(&reply)?))
}
