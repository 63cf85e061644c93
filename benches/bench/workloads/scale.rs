//! The same requests on a large file and on a small one: what others have written, and how many they are, should not
//! slow them down.

use super::{
    Bench, Case,
    archive::scatter,
    pages::{Outcome, fetch},
};
use crate::{
    Result,
    figures::{Column, Figures},
    load::{
        Load,
        clock::seconds,
        requesters::{Compose, Turn},
    },
    server::{Server, file_in, posts, serve, stream_request},
};
use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};
use tempfile::TempDir;

/// What a file holds. A fifth of the messages is in the room `general`, of which everybody is a member; the others are
/// spread over all rooms.
#[derive(Clone, Copy, Debug)]
struct Size {
    messages: u64,
    rooms: u64,
    people: u64,
    /// The rooms that the person who asks has joined.
    joined: u64,
}

/// Just large enough to fill the lists that pages show, so that answers from both files are of the same length.
const SMALL: Size = Size {
    messages: 10_000,
    rooms: 250,
    people: 120,
    joined: 210,
};
const LARGE: Size = Size {
    messages: 5_000_000,
    rooms: 10_000,
    people: 20_000,
    joined: 1_000,
};
/// With `--quick`.
const LARGE_QUICK: Size = Size {
    messages: 200_000,
    ..LARGE
};
/// The ids of the rooms, of the people and of the messages begin here.
const ROOMS: u64 = 100;
const PEOPLE: u64 = 20_000;
const MESSAGES: u64 = 100_000;
const STREAMS: usize = 1_000;

/// Both files, and the token of the person who asks.
#[derive(Debug)]
pub(super) struct Files {
    small: File,
    large: File,
}

#[derive(Debug)]
struct File {
    folder: TempDir,
    token: String,
    size: Size,
}

/// A request, by what is asked for.
#[derive(Clone, Copy, Debug)]
enum Request {
    Page(&'static str),
    Random,
    Post,
}

pub(super) fn scale() -> Vec<Case> {
    let requests = [
        ("room page", Request::Page("/rooms/general")),
        (
            "history API, head",
            Request::Page("/api/v1/rooms/general/messages"),
        ),
        ("history API, random depth", Request::Random),
        (
            "history API, a day",
            Request::Page("/api/v1/rooms/general/messages?since=2024-01-01&until=2024-01-02"),
        ),
        ("list of rooms", Request::Page("/api/v1/rooms?limit=50")),
        (
            "list of members",
            Request::Page("/api/v1/rooms/general/members?limit=50"),
        ),
        ("posts", Request::Post),
    ];
    let requests = requests.map(|(name, request)| {
        Case::maybe("scale", name, move |bench| {
            compare(bench, |file| {
                measure(bench, file, request).map(|outcome| outcome.requests_a_second)
            })
        })
    });
    let others = [
        Case::maybe("scale", "opening streams of a room", |bench| {
            compare(bench, |file| open_streams(bench, file))
        }),
        Case::maybe(
            "scale",
            "starts, until the first page is answered",
            |bench| compare(bench, |file| start(bench, file)),
        ),
    ];
    requests.into_iter().chain(others).collect()
}

/// Measures a rate on both files; `None` where the command `sqlite3`, which makes them, is missing.
fn compare(bench: &Bench, rate: impl Fn(&File) -> Result<f64>) -> Result<Option<Figures>> {
    let Some(files) = bench.scale_files()? else {
        return Ok(None);
    };
    let (small, large) = (rate(&files.small)?, rate(&files.large)?);
    Ok(Some(
        Figures::default()
            .with(Column::Result, "", large, "/s")
            .with(
                Column::Beside,
                "",
                files.large.size.messages as f64,
                " messages",
            )
            .with_limit("small file ", small, "/s", large),
    ))
}

fn measure(bench: &Bench, file: &File, request: Request) -> Result<Outcome> {
    let server = serve(bench.machine, &file.db())?;
    let compose = match request {
        Request::Post => posts(std::slice::from_ref(&file.token)),
        Request::Page(path) => file.requests(move |_| path.to_owned()),
        Request::Random => {
            let messages = file.size.messages;
            file.requests(move |turn| {
                let id = MESSAGES + 1_000 + scatter(u64::from(turn.number)) % (messages - 1_000);
                format!("/api/v1/rooms/general/messages?before={id}")
            })
        }
    };
    fetch(bench, &server, 1, compose)
}

fn open_streams(bench: &Bench, file: &File) -> Result<f64> {
    let server = serve(bench.machine, &file.db())?;
    let mut load = Load::new(server.address(), bench.machine.is_divided())?;
    let began = load.clock.now();
    load.open((0..STREAMS).map(|_| stream_request("general", None)))?;
    Ok(STREAMS as f64 / seconds(load.clock.now() - began))
}

fn start(bench: &Bench, file: &File) -> Result<f64> {
    let began = Instant::now();
    let server = serve(bench.machine, &file.db())?;
    let mut load = Load::new(server.address(), bench.machine.is_divided())?;
    load.connect(1, 0, file.requests(|_| "/rooms/general".to_owned()))?;
    load.ask(1)?;
    Ok(1.0 / began.elapsed().as_secs_f64())
}

impl Files {
    /// Makes both files; `None` where the command `sqlite3` is missing. The large one takes some minutes.
    pub(super) fn make(bench: &Bench) -> Result<Option<Self>> {
        if Command::new("sqlite3").arg("-version").output().is_err() {
            return Ok(None);
        }
        let large = if bench.arguments.quick {
            LARGE_QUICK
        } else {
            LARGE
        };
        Ok(Some(Self {
            small: File::make(bench, SMALL)?,
            large: File::make(bench, large)?,
        }))
    }
}

impl File {
    /// Makes a file with the program, and fills it with the command `sqlite3`.
    fn make(bench: &Bench, size: Size) -> Result<Self> {
        let server = Server::start(bench.machine)?;
        let token = server.join(1)?.remove(0);
        let Server { process, folder } = server;
        drop(process);
        let file = Self {
            folder,
            token,
            size,
        };
        let status = Command::new("sqlite3")
            .arg("-bail")
            .arg(file.db())
            .arg(script(size))
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            return Err("the file could not be filled".into());
        }
        Ok(file)
    }

    fn db(&self) -> PathBuf {
        file_in(self.folder.path())
    }

    /// Requests by the person who asks.
    fn requests(&self, path: impl Fn(&Turn) -> String + 'static) -> Compose {
        let token = self.token.clone();
        Box::new(move |out, turn| {
            // Writing to a `Vec` cannot fail.
            let _ = write!(
                out,
                "GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n",
                path(&turn)
            );
        })
    }
}

/// Fills a new file: 2 is the room `general`, and 3 the person who asks.
fn script(size: Size) -> String {
    let Size {
        messages,
        rooms,
        people,
        joined,
    } = size;
    let [last_room, last_person, last_message] = [
        ROOMS + rooms - 1,
        PEOPLE + people - 1,
        MESSAGES + messages - 1,
    ];
    let last_joined = ROOMS + joined - 1;
    format!(
        "pragma foreign_keys = off; pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000;
        begin;
        with recursive n(i) as (select {ROOMS} union all select i + 1 from n where i < {last_room})
        insert into events (id, room_id, kind, actor_id, at) select i, i, 'room', 3, '2024-01-01T00:00:00.000Z' from n;
        insert into rooms (id, slug, name, kind, made_by, created_at)
        select id, 'room-' || id, 'Room ' || id, 'open', 3, at from events where id between {ROOMS} and {last_room};
        with recursive n(i) as (select {PEOPLE} union all select i + 1 from n where i < {last_person})
        insert into events (id, kind, subject_id, actor_id, at) select i, 'user', i, i, '2024-01-01T00:00:00.000Z' from n;
        insert into users (id, handle, folded, name, created_at, name_folded, mention_key)
        select id, 'user' || id, 'user' || id, 'User ' || id, at, 'user ' || id, 'user' || id
        from events where id between {PEOPLE} and {last_person};
        insert or ignore into memberships (room_id, user_id, handle, joined_at, event_id, read_up_to)
        select 2, id, handle, created_at, id, id from users where id >= 3;
        insert or ignore into memberships (room_id, user_id, handle, joined_at, event_id, read_up_to)
        select {ROOMS} + (u.id * 7919 + k.value * 104729) % {rooms}, u.id, u.handle, u.created_at, u.id, u.id
        from users u, json_each('[1,2,3,4,5,6,7,8,9,10]') k where u.id >= {PEOPLE};
        insert or ignore into memberships (room_id, user_id, handle, joined_at, event_id, read_up_to)
        select id, 3, 'poster0', created_at, id, {last_message} from rooms where id between {ROOMS} and {last_joined};
        with recursive n(i) as (select {MESSAGES} union all select i + 1 from n where i < {last_message})
        insert into messages (id, room_id, author_id, body, created_at)
        select i, iif(i % 5 = 0, 2, {ROOMS} + (i * 7919) % {rooms}), {PEOPLE} + (i * 104729) % {people},
               'Message number ' || i || ' of a long history, with some words to read and to search.',
               strftime('%Y-%m-%dT%H:%M:%fZ', 1704067200 + (i - {MESSAGES}) * 18, 'unixepoch') from n;
        commit;
        pragma journal_mode = wal;"
    )
}
