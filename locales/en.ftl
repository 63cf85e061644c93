# English: every text of pages, scripts and style sheets. Syntax: https://projectfluent.org/fluent/guide/
#
# A message is used by its name: `locale.sign_out()` in templates and Rust, `t("sign-out")` in scripts,
# `var(--text-sign-out)` in style sheets. Numbers are grouped, and take the plural rules of the language.

language-name = English

## Joining

join-server = Join { $server }
join-lead = Choose a username. No password needed.
username = Username
join = Join
browse-without-joining = Browse without joining
history-size =
    { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }
history-size-since =
    { $count ->
        [one] { $count } message since { $year }
       *[other] { $count } messages since { $year }
    }

## Sidebar

rooms = Rooms
all-rooms = All rooms
create-room = Create room
direct = Direct
# Read out before the room's name.
private-room = Private room:
# Read out after a number.
unread = unread
# Read out after the number.
mentions =
    { $count ->
        [one] mention of you
       *[other] mentions of you
    }
sign-out = Sign out

## List of rooms, new room

joined = Joined
more-rooms = More rooms
no-rooms = No rooms yet. Create the first one.
create-room-lead = Everyone on this server can read and post.
room-name = Name
topic = Topic
url = URL
optional = (optional)
cancel = Cancel

## Room

jump-to-date = Jump to date
date = Date
go = Go
people = People
people-in-room = People in this room
online = Online
offline = Offline
typing =
    { $count ->
        [1] { $first } is typing…
        [2] { $first } and { $second } are typing…
       *[other] Several people are typing…
    }
more-people = and { $count } more
notify-me-about = Notify me about
notify-all = All messages
notify-mentions = Mentions only
notify-nothing = Nothing
desktop-notifications = Desktop notifications
join-room = Join room
leave-room = Leave room
older-messages = Older messages
newer-messages = Newer messages
beginning = Beginning of { $room }.
no-messages = No messages yet; write the first one.
linked-message = Linked message:
jump-to-latest = Jump to latest

## Composer

react-to-linked = React to the linked message
edit-or-delete = Edit or delete
reply-to = Reply to { $name }
message-to = Message { $room }
send = Send
sign-in-to-post = Sign in to post
post-unavailable = { $reason } Your text is still here.

## Editing and deleting

edit = Edit
edit-message = Edit message
message-in = Message in { $room }
your-message = Your message
save = Save
delete = Delete
delete-lead = Deleting removes the text for everyone. The message’s place in the history stays.
delete-message = Delete message
delete-question = Delete this message for everyone?
change-failed = No answer from the server. Nothing was changed.

## Account

account = Account
display-name = Display name
username-fixed = Your username @{ $username } can’t change.
language = Language
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
active-sessions = Active sessions
browser = Browser
api-token = API token
this-session = (this one)
since = since { $time }
end-session = End session
sign-out-lead =
    You have no password. Once you are signed out everywhere, nobody can use the name { $username } again,
    including you. Sent messages stay; unsent messages are lost.
sign-out-here = Sign out of this browser
sign-out-everywhere = Sign out everywhere
sign-out-failed = No answer from the server. You may still be signed in; try again.

## Error pages

go-back = Go back
request-id = Request ID
status-invalid = Invalid request
status-sign-in = Sign in to continue
status-forbidden = Not allowed
status-not-found = Not found
status-method = Method not allowed
status-timeout = Request timed out
status-conflict = Conflict
status-too-large = Too large
status-unsupported = Unsupported format
status-wrong-host = Wrong host name
status-unavailable = Temporarily unavailable
status-error = Something went wrong

## Names that are refused

error-name-missing = Choose a username.
error-name-long = Too long: 32 characters, about 20 in non-Latin scripts.
error-name-characters = Use letters, digits and - _ . only, without spaces.
error-name-marks = Put accents and other marks on letters, at most 8 on one.
error-name-reserved = That name is reserved.
error-name-taken = That name is taken. Try another.
error-title-missing = Enter a name.
error-title-long = Too long: at most 80 characters.
error-title-invisible = That name has no visible characters.
error-title-characters = Use a single line without control or invisible characters.

## Rooms that are refused

error-topic-long = Too long: at most 250 characters.
error-url-reserved = That URL is reserved.
error-url-characters = Use 1 to 63 of a-z, 0-9 and -, not starting with -.
error-url-taken = That URL is taken. Try another.
error-join-to-change = Join the room to change it.
error-join-to-add = Join the room to add people.
error-join-to-read = Join the room to mark it as read.
error-join-to-notify = Join the room to be notified about it.
error-remove-others = Only the room’s creator can remove people.

## Messages that are refused

error-message-empty = Write something.
error-message-characters = Control characters other than tab and newline are not allowed.
error-message-long = Too long: at most 8,000 characters.
error-message-blank = Too much blank space around the text.
error-message-missing = There is no such message in this room.
error-message-deleted = This message was deleted.
error-message-not-yours = You can only change your own messages.
error-nonce-used = You have already sent something else with this form.
error-reactions-full = This message can’t take more different reactions.
error-reactions-own = You can add at most 10 reactions to a message.

## Server errors

error-stopping = The server is restarting.
error-busy = The server is busy.
error-database-locked = Another program has locked the database.
error-database-read-only = The database is read-only.
error-disk-failing = The disk is full or failing.
error-disk-full = The disk is full, or the file has reached its size limit.
error-database-damaged = The database is damaged.
error-not-found = This page doesn’t exist, or you don’t have access.
error-sign-in = Join or sign in first.
error-method = This URL does not support this method.
error-cross-site = The request came from another site.
error-internal = Something went wrong on the server. It has been logged.
error-timeout = The request took too long to arrive.

## History, in scripts

history = Messages
new-messages =
    { $count ->
        [one] { $count } new message
       *[other] { $count } new messages
    }
message-count =
    { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }
edit-count =
    { $count ->
        [one] { $count } edit
       *[other] { $count } edits
    }
deletion-count =
    { $count ->
        [one] { $count } deletion
       *[other] { $count } deletions
    }
# Stands between the counts of `new-since` and `while-away`.
list-separator = {", "}
edited = edited
deleted = deleted
reply-to-earlier = in reply to an earlier message
new-divider = New
new-since = New since you left · { $summary }
while-away = { $summary } while you were away
loading = Loading…
load-failed = Couldn’t load. Try again
page-failed = Couldn’t load.
latest = Latest
unseen = { $count } new

## Actions on a message, in scripts

reply = Reply
react-with = React with { $emoji }
react-with-any = React with any emoji
find-emoji = Find an emoji
reaction-failed = No answer from the server. The reaction was not changed.
copy-code = Copy code
copied = Copied
copy-failed = The browser didn’t allow copying.

## Outbox, in scripts

suggestions = Suggestions
jump-to = Jump to…
draft = draft
outbox = Messages being sent
waiting =
    { $count ->
        [one] { $count } message will be sent when you’re back online
       *[other] { $count } messages will be sent when you’re back online
    }
not-sent = Not sent: { $reason }
send-still = Written { $time } and not sent yet. Send it now?
retry = Retry
discard = Discard

## Connection, in scripts

connecting = Connecting…
catching-up = Catching up…
reconnecting = Reconnecting…
waiting-for-network = Offline. Waiting for the network…
signed-out = You are signed out.
sign-in-again = Sign in again
room-lost = This room no longer exists, or you don’t have access.
refused =
    { $status ->
        [401] You are signed out.
        [403] You don’t have permission.
        [404] It doesn’t exist, or you don’t have access.
        [409] It conflicts with something else, or the message was deleted.
        [413] It is too large.
        [422] It must have 1 to 8,000 characters, without control characters.
        [503] The server is temporarily unavailable.
       *[other] The server refused the request ({ $status }).
    }
