-- Passkeys (WebAuthn credentials that the authenticator finds by itself), by the id that the authenticator chose.
create table passkeys (
    credential_id blob    primary key,                   -- at most 1,023 bytes
    user_id       integer not null references users (id),
    name          text    not null,                      -- by which its owner recognises it
    credential    text    not null,                      -- JSON: public key, sign counter and flags; nothing secret
    created_at    text    not null,
    last_used_at  text                                   -- null: it was not used yet
) strict, without rowid;

-- Used by the list of an account's passkeys.
create index passkeys_by_user on passkeys (user_id);

-- Besides decisions, the audit log has sign-ins ('sign-in': actor and subject are the account) and refused ones
-- ('sign-in.refused': the actor is null, the subject is the account, and the details have the number of attempts).
