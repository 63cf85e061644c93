# English: every text of pages, scripts and style sheets. Syntax: https://projectfluent.org/fluent/guide/
#
# A message is used by its name: `locale.sign_out()` in templates and Rust, `t("sign-out")` in scripts,
# `var(--text-sign-out)` in style sheets. The message `error-body-too-long` is about errors with the code `body-too-long`,
# and is looked up by it. Numbers are grouped, and take the plural rules of the language.

language-name = English

## Joining

join-server = Join { $server }
join-lead = Choose a username. No password needed.
username = Username
join = Join
join-by-invitation = Accounts on this server are by invitation. Open the link that you were sent, or sign in.
sign-in = Sign in
browse-without-joining = Browse without joining
set-up = Set up Backscroll
set-up-lead = A place for your group, on your own machine. It takes two minutes.
server-name = Name of this place
who-can-join = Who can join
door-invite = People with an invitation link
door-open = Anyone who has the address
set-up-create = Create
set-up-note = You will be the owner. An old history can be imported afterwards.
invited = { $name } has invited you.
invited-as-member = { $name } has invited you. You will be a member.
invited-as-guest = { $name } has invited you. You will be a guest, who sees only this room.
invited-as-admin = { $name } has invited you. You will be an admin.
invited-as-imported = { $name } has invited you. What you wrote before is already here.
invite-room = You start in
invite-ends = This invitation ends on { $time }.
invite-signed-in = You already have an account here, @{ $username }. This invitation is for somebody who has none.
signed-in-as = You are signed in as @{ $username }.
accept-invite = Accept invitation
have-account = I already have an account
username-lead = Others mention you by it. It can’t change.
password = Password
password-lead = At least { $min } characters; a sentence is fine.
sign-in-to = Sign in to { $server }
already-member = Already a member?
no-account-yet = No account yet?
device-question = Sign in as { $username } on this device? The link then no longer works.
sign-in-with = Sign in with { $provider }
join-with = Join with { $provider }
not-signed-in = Not signed in
not-connected = Not connected
provider-next = Continue at { $provider }
provider-next-lead = Sign in there to connect it to your account.
provider-continue = Continue
provider-expired = This took too long, or was begun in another browser. Start again.
provider-denied = You didn’t finish signing in at { $provider }.
provider-unreachable = { $provider } can’t be reached right now. Other ways to sign in still work.
provider-not-verified = The answer from { $provider } couldn’t be verified. Start again, or sign in another way.
provider-by-invitation = You have no account here yet that is connected to { $provider }. Accounts on this server are by invitation: open the link that you were sent, or sign in another way and connect { $provider } on your account page.
provider-proxy = The proxy of this server
connected-accounts = Connected accounts
connected-accounts-lead = Accounts elsewhere that sign you in here.
connect-provider = Connect { $provider }
disconnect = Disconnect

## Sidebar

rooms = Rooms
browse-rooms = Browse rooms…
your-rooms = Your rooms
mentions-and-direct = Mentions and direct
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
inbox = Inbox
inbox-mention = Mention
inbox-reply = Reply
inbox-empty = Nothing here yet.
inbox-empty-next = When somebody mentions you or replies to you, it shows up here.
older-items = Older
mark-all-read = Mark all as read
mark-unread = Mark unread from here
marked-unread = Marked as unread.
favourites = Favourites
add-favourite = Add to favourites
remove-favourite = Remove from favourites
muted = muted
pinned-messages = Pinned messages
pin-message = Pin message
unpin = Unpin
message-pinned = Pinned.
message-unpinned = Unpinned.
no-pinned-messages = Nothing is pinned here yet.
no-pinned-messages-next = Pin what others should find quickly: open a message’s menu and choose Pin message.
saved-messages = Saved messages
save-message = Save for later
unsave = Remove from saved
message-saved = Saved.
message-unsaved = Removed from saved messages.
no-saved-messages = You haven’t saved anything yet.
no-saved-messages-next = Open a message’s menu and choose Save for later. Only you see what you save.
forward-message = Forward…
forward-lead = A message by { $name } as a quote in another room.
forward-to = Room
forward-comment = Comment
forward = Forward
no-room-to-forward = There is no other room that you can post in.
more-actions = More actions
read-by = Read by { $names }
read-by-nobody = Nobody else has read this yet.
hide-reading = Don’t show others what I’ve read (then I don’t see what they’ve read either)
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
# After the name of somebody whose messages were imported, and who has not come in yet.
imported = imported
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
add-people = Add people
add-topic = Add a topic
no-messages = No messages yet; write the first one.
linked-message = Linked message:
jump-to-latest = Jump to latest

room-menu = Room menu

## Room settings and direct messages

new-room = New
new-message = New message
to-people = To
to-people-lead = Usernames, separated by spaces: up to 9 people.
start-conversation = Start conversation
hide-conversation = Hide conversation
who-can-read = Who can read it
closed-room-lead = Only members can see it. Its managers add people.
room-settings = Room settings
back-to-room = Back to the room
room-is-archived = This room is archived. Nothing can be posted.
announcements-only = Only managers can post
only-managers-post = Only the room’s managers can post here.
auto-join = New members of the server join this room
members = Members
more-members = More members
add-person = Add a person
add = Add
remove = Remove
manager = Manager
make-manager = Make manager
make-member = Make member
closing-and-deleting = Archive, close, delete
archive-lead = An archived room can be read, and nothing can be added.
archive-room = Archive room
unarchive-lead = This room is archived.
unarchive-room = Unarchive room
close-room-hint = Only members will see a closed room.
close-room = Close room
close-room-lead = Only its members will see { $room } and what was written there. A closed room can’t be opened again. Its address stays: whoever tries it can tell that it is taken.
delete-room = Delete room
delete-room-lead = { $room } and all its messages are deleted for everyone. This can’t be undone.

## Threads

thread = Thread
reply-in-thread = Reply in thread
follow-thread = Follow
following-thread = Following
follow-thread-lead = Count new replies as unread
close = Close
reply-count =
    { $count ->
        [0] No replies yet
        [one] 1 reply
       *[other] { $count } replies
    }
earlier-replies = Earlier replies
later-replies = Later replies
also-in-room = Also post to { $room }
unread-replies =
    { $count ->
        [one] 1 new
       *[other] { $count } new
    }
# After the number of replies below a message, in style sheets.
replies-one = reply
replies-other = replies
# In place of the message that a reply belongs to.
replied-in-thread = in a thread

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
passkeys = Passkeys
passkeys-lead = Sign in with a fingerprint, your face, a PIN or a security key in place of a password.
passkeys-need-scripts = To add a passkey, turn on JavaScript.
passkey-name = Name
add-passkey = Add a passkey
passkey-known = This device already has a passkey for your account.
passkey-failed = That did not work: the browser gave no passkey. Try again.
sign-in-by-passkey = Sign in with a passkey
active-sessions = Active sessions
browser = Browser
api-token = API token
this-session = (this one)
since = since { $time }
person-since = Joined { $time }
end-session = End session
old-password = Current password
new-password = New password
new-password-lead = At least { $min } characters; a sentence is fine.
set-password-lead = With a password you can sign in again, also on other devices.
set-password = Set password
change-password = Change password
sign-out-elsewhere = Sign out everywhere else
last-used = last used { $time }
another-device = Another device
another-device-lead = A link that signs you in on a phone or another computer: once, within 10 minutes.
show-device-link = Show link and QR code
device-link-lead = Scan the code with the other device, or open the link there. It works once, until { $time }.
access-tokens = Access tokens
access-tokens-lead = For programs that act as you. A token is shown only once.
new-token = New token
token-created = Copy the token now. It is not shown again.
token-name = Name
token-may = May
scope-read = Read
scope-post = Post
scope-admin = Manage
scope-all = Everything
token-rooms = Only in these rooms, by their URLs
token-expires = Expires
revoke = Revoke
sign-out-lead-password =
    You can sign in again as { $username }, with your password or a passkey. Unsent messages are lost.
sign-out-lead-proxied = The proxy in front of this server signs you in. Sign out there.
sign-out-lead-connected = You can sign in again with a connected account. Unsent messages are lost.
sign-out-lead =
    You have neither a password nor a passkey. Once you are signed out everywhere, nobody can use the name { $username } again,
    including you. Sent messages stay; unsent messages are lost.
sign-out-here = Sign out of this browser
sign-out-everywhere = Sign out everywhere
sign-out-failed = No answer from the server. You may still be signed in; try again.

## A link in place of a forgotten password

choose-new-password = Choose a new password for @{ $handle }. This link works once.
set-password-and-sign-in = Set password and sign in

## People, for admins

find-person = Find a person
everyone = Everyone
admins = Admins
guests = Guests
disabled-accounts = Disabled accounts
disabled = Disabled
nobody-found = No one found.
next-people = More people
audit-log = Audit log
operator = Operator
method-password = password
method-passkey = passkey
method-device-link = link for another device
method-password-link = link for a new password
method-identity = connected account
audit-sign-in = signed in ({ $method })
audit-sign-in-refused =
    { $count ->
        [one] was refused at signing in once ({ $method })
       *[other] was refused at signing in { $count } times ({ $method })
    }
earlier-entries = Earlier entries
role = Role
role-admin = Admin
role-member = Member
role-guest = Guest
role-bot = Bot
time-zone = Time zone
about-you = About you
message-person = Message
enable-account = Enable account
disable-account = Disable account
disable-lead = Nobody can sign in with a disabled account. Its messages stay.
ban-lead = A ban disables the account and ends its sessions for good.
hide-messages = Also delete all messages
hide-messages-lead = All their messages are deleted for everyone, which can’t be undone.
own-role = Change your own role
own-role-lead = You will be { $role } and no longer administer this server. Only another admin can give that back.
ban = Ban

## Blocking, reports, deleting an account, merging

block = Block
unblock = Unblock
blocked = Blocked
blocked-people = Blocked people
block-lead = If you block this person, their messages are folded for you, and nothing of theirs notifies you. They are not told.
blocked-people-lead = Their messages are folded for you, and nothing of theirs notifies you. They are not told.
blocked-lead = You have blocked this person. They are not told.
# In place of a message, whose text is shown by a click.
blocked-message = Message of somebody you blocked
report = Report
report-message = Report message
report-lead = The admins and the room’s managers see this message by { $name } as it is now, and what you write. Others don’t learn of it.
reason = Reason
reported = Reported. Thank you.
report-failed = No answer from the server. The message was not reported.
reports = Reports
reported-was-deleted = This message was deleted since.
no-reports = Nothing waits for a decision.
reported-by = Reported by { $name }.
private-message = In a room you don’t see
dismiss = Dismiss
ban-author = Ban author
delete-account = Delete account
delete-account-lead = You leave all rooms, you are signed out everywhere, and others can take the username { $username }. This can’t be undone.
your-messages = Your messages
keep-messages = Stay, as those of a deleted account
erase-messages = Are deleted for everyone
confirm-username = Enter your username to confirm
merge-into = Merge into an account
merge = Merge
merge-lead = The messages, reactions and rooms of this imported person become those of the account. This can’t be undone.
# What everybody in the room is mentioned by: @room.
everybody-in-room = everybody in this room
room-mentions-by-all = Everyone can mention the whole room with @room, not only managers
local-time = { $time } local time
block-failed = No answer from the server. Nothing was changed.
profile = Profile

## Administration

administration = Administration
people-and-invites = People and invites
name = Name
you = You
banned = Banned
imported-people = Imported
last-seen = Last seen
last-seen-on = Last seen on { $day }
never = Never
end-sessions = End sessions
end-sessions-lead =
    { $count ->
        [one] Signed in on { $count } device.
       *[other] Signed in on { $count } devices.
    }
role-of = Role of @{ $username }
invite-people = Invite people
they-join-as = They join as
good-for = Good for
people-count =
    { $count ->
        [one] { $count } person
       *[other] { $count } people
    }
invite-ends-in = Ends
in-days =
    { $count ->
        [one] In { $count } day
       *[other] In { $count } days
    }
room-they-start-in = Room they start in
optional-but-for-guests = (optional, but for guests)
make-invite = Make invite link
open-invites = Open invites
open-invite = Open invite
invite-for = For
invite-used = Used
made-by = by { $name }
invite-made-lead = Anyone with this link can join until it ends. It is shown only once.
copy-link = Copy link
invite-guests = Invite guests
invite-guests-lead = Guests need no account yet. They see this room and the people in it, and nothing else.
password-link = Link for a new password
password-link-lead = Forgot the password? A one-time link lets this person set a new one within 24 hours.
password-link-made = Send this link to @{ $username }. Whoever opens it sets a new password and is signed in. It works once and is shown only once.
link-ends = This link ends on { $time }.
make-password-link = Make link
hide-presence = Don’t show others when I’m online or was last here
find-room = Find a room
messages = Messages
last-message = Last message
archived = Archived
joined-by-everyone = Everyone joins
begin-auto-join = Let everyone join
end-auto-join = Stop joining everyone
archive = Archive
unarchive = Unarchive
closed-rooms-hidden = Private rooms that you aren’t in, and direct messages, are not listed.

## What the audit log tells

audit-server-setup = set the server up
audit-setup-link = made a set-up link
audit-server-update = changed the server
audit-invite-create = made an invite
audit-invite-revoke = revoked an invite
audit-invite-redeem = accepted an invite
audit-user-add = created the account of
audit-user-update = changed the account of
audit-user-ban = banned
audit-user-delete = deleted the account of
audit-sign-in-link = made a link for a new password for
audit-end-sessions = ended the sessions of
audit-user-password = set the password of
audit-token-create = made an API token for
audit-token-revoke = revoked an API token of
audit-room-create = created the room
audit-room-update = changed the room
audit-room-delete = deleted the room
audit-member-add = added to a room:
audit-member-role = changed the role in a room of
audit-member-remove = removed from a room:
audit-user-merge = merged into another account:
audit-report-decide = decided about a report on
audit-own-password = set their password
audit-own-token = made an API token
audit-own-device-link = made a link for another device
audit-own-passkey-add = added a passkey
audit-own-passkey-remove = removed a passkey
audit-own-identity-add = connected an account elsewhere
audit-own-identity-remove = disconnected an account elsewhere
audit-message-delete = deleted a message of

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

## Errors, by their codes: fields of any kind

error-required = This field is required.
error-repeated = This field was sent twice.
error-wrong-type = This field must be text.
error-not-an-id = That is not an ID. IDs are digits only.
error-not-a-time = Use a date, or a time such as 2026-11-22T05:41:03Z.
error-time-passed = Choose a time in the future.
error-out-of-range = Use a number from { $min } to { $max }.
error-too-many = Too many: at most { $max }.
error-unknown-value = Use one of these: { $known }.
error-cannot-change = This can’t be changed.
error-too-long = Too long: at most { $max } characters.
error-not-one-line = Use a single line without control or invisible characters.
error-too-many-marks = Put accents and other marks on letters, at most { $max } on one.

## Names that are refused

error-handle-empty = Choose a username.
error-handle-too-long = Too long: { $max } characters, about 20 in non-Latin scripts.
error-handle-invalid = Use letters, digits and - _ . only, without spaces.
error-handle-reserved = That name is reserved.
error-handle-taken = That name is taken. Try another.
error-name-empty = Enter a name.
error-name-invisible = That name has no visible characters.
error-name-taken = That name is taken. Try another.
error-handle-unconfirmed = Enter your username to confirm.
error-time-zone-invalid = Choose a time zone such as Europe/Berlin.

## Passwords that are refused

error-sign-in-refused = That username and password don’t match.
error-password-wrong = That isn’t your password.
error-identity-taken = It’s connected to somebody else’s account.
error-last-way-in = Nothing else signs you in. Set a password first.
error-passkey-refused = That passkey was not accepted. It may have been removed, or the page was open for too long. Try again.
error-no-passkeys = Passkeys need the server’s public https address, which its operator has not set.
error-sign-in-again = Sign out and in again first. This is possible only within 10 minutes after signing in.
error-token-scope = This token may not be used for this.
error-password-too-short = Too short: at least { $min } characters.
error-password-too-long = Too long: at most { $max } characters.
error-password-common = This is one of the most common passwords. Choose another.
error-password-is-name = Choose a password that isn’t your name.

## Rooms that are refused

error-slug-invalid = Use 1 to { $max } of a-z, 0-9 and -, not starting with -.
error-slug-reserved = That URL is reserved.
error-slug-taken = That URL is taken. Try another.
error-slug-not-chosen = Only open rooms can have a URL of your choice.
error-room-name-taken = There is an open room with this name. Choose another.
error-only-open-rooms = Only for open rooms.
error-people-out-of-range = { $min } to { $max } people, including you.
error-yourself = That is you.
error-too-many-blocked = You have blocked { $max } people, which is as many as possible.
error-person-blocked = You have blocked this person.
error-no-such-person = There is no person with this username.
error-no-such-room = There is no such room.
error-join-first = Join the room first.
error-not-manager = Only the room’s managers can do this.
error-only-managers-post = Only the room’s managers can post here.
error-room-archived = This room is archived.
error-direct-room = A direct conversation and the people in it can’t be changed.
error-guests-create-no-rooms = Guests can’t create rooms.
error-admin-sign-in = How an admin signs in is changed by a command on the server only.
error-not-admin = Only admins can do this.
error-added-too-often = Others have added this person to many rooms today. Ask them to join.

## Messages that are refused

error-body-empty = Write something.
error-body-too-long = Too long: at most { $max } characters.
error-body-padded = Too much blank space around the text.
error-body-control-characters = Control characters other than tab and newline are not allowed.
error-no-such-message = There is no such message in this room.
error-message-deleted = This message was deleted.
error-cannot-sign-in = Nobody can sign in to this account.
error-last-admin = The server needs at least one admin.
error-sign-out-first = You already have an account. Sign out to create another one with this invitation.
error-not-imported = Nobody of that name was imported and is still to be invited.
error-not-a-duration = Use a number and a unit (m, h, d or w), as in 7d; at most 366d.
error-invite-only = Accounts on this server are by invitation.
error-account-disabled = This account is disabled. Ask whoever runs this server.
error-not-author = You can only change your own messages.
error-nonce-invalid = A nonce has 1 to { $max } visible ASCII characters.
error-nonce-ambiguous = The request has two different nonces.
your-picture = Your picture
upload = Upload
remove-picture = Remove picture
error-not-a-picture = That is not a PNG, JPEG, GIF or WebP picture, or it is too large.
files = Files
no-files = No files yet. Attach some to a message.
older-files = Older files
error-upload-gone = A file is no longer on the server. Attach it again.
error-offset-conflict = This file has another length on the server.
error-upload-too-large = A file may have at most { $max } bytes.
error-files-full = Your files use all the space that you have ({ $max } bytes). Delete some messages with files.
error-server-files-full = The server has no space left for files ({ $max } bytes). Ask an admin.
error-nonce-reused = You have already sent something else with this form.
error-anchor-ambiguous = Use only one of before, after, around and at.
error-not-an-emoji = That is not an emoji.
error-too-many-reactions = This message can’t take more different reactions.
error-too-many-own-reactions = You can add at most { $max } reactions to a message.
error-type-invalid = Use 1 to { $max } of a-z, 0-9 and . _ -, starting with a letter.
error-type-reserved = That name is reserved.
error-payload-too-large = Too large: at most { $max } bytes.
error-payload-unreadable = The data is nested too deeply, or contains half a character or a number that is too great.

## Server errors

error-stopping = The server is restarting.
error-busy = The server is busy.
error-database-replaced = The database file was moved, removed or replaced.
error-database-locked = Another program has locked the database.
error-database-read-only = The database is read-only.
error-database-damaged = The database is damaged.
error-disk-failing = The disk is full or failing.
error-disk-full = The disk is full, or the file has reached its size limit.
error-not-stored = The change could not be saved.
error-newer-version = The change was made by a newer version.
error-internal = Something went wrong on the server. It has been logged.

## Requests that are refused

error-malformed = The server can’t read this request.
error-sign-in-needed = Join or sign in first.
error-other-site = The request came from another site.
error-not-found = This page doesn’t exist, or you don’t have access.
error-method-not-allowed = This URL does not support this method.
error-not-acceptable = This page is not available in the requested format.
error-too-many-requests = Too many at once. { $seconds ->
    [one] Try again in a second.
   *[other] Try again in { $seconds } seconds.
}
error-too-slow = The request took too long to arrive.
error-too-large = That is too large.
error-unsupported-type = The server can’t read this format.
error-unsupported-encoding = The server can’t read compressed requests.
error-unsupported-version = The server doesn’t support this version of the upload protocol.
error-unsupported-charset = The server reads text as UTF-8 only.
error-misdirected =
    This server does not answer to the name { $host }. If it should, start it with --host { $host }, or with
    --public-url and the address that people use.
error-no-fields = The request has no fields.
error-refused = The server can’t answer this request.

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
copy-text = Copy text
show-all = Show all
months = Months
year-before = Previous year
year-after = Next year
copied = Copied
copy-failed = The browser didn’t allow copying.

ban-question = Ban @{ $username }? The account is disabled and its sessions end for good.

## Outbox, in scripts

attach-files = Attach files
remove-file = Remove { $name }
upload-of = Upload of { $name }
too-many-files = A message can have { $max } files at most.
file-gone = A file is no longer in this browser. Attach it again.
not-loaded = The server can’t be reached. Try again.
picture = Picture
previous-picture = Previous picture
next-picture = Next picture
download = Download
suggestions = Suggestions
jump-to = Jump to…
draft = Draft
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

## Sidebar and keys, in scripts

unread-rooms = { $count } unread
reconnecting-now = Reconnecting…
signed-out-short = Signed out
find-room-or-person = Find a room or person
people-and-direct = People and direct
elsewhere = Elsewhere
create-room-called = Create room “{ $name }”
try-now = Try now
keys-title = Keyboard shortcuts
keys-everywhere = Everywhere
keys-writing = While writing
keys-close = Close
keys-new-line = New line
keys-edit-last = Edit your last message
keys-complete-person = Complete a name
keys-scroll = Scroll the history
keys-rows = Previous or next message
keys-ends = First or last message
keys-actions = Actions of a message
