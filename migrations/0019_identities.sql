-- Who a person is to those who sign them in: an OpenID provider, or a trusted proxy. An identity is an issuer and a subject,
-- and nothing else, such as a name or an e-mail address, is ever compared.
create table identities (
    id        integer primary key autoincrement,
    user_id   integer not null references users (id),
    issuer    text    not null,                     -- the issuer's URL as configured; 'proxy' for a proxy
    subject   text    not null,                     -- what the issuer calls the person, for ever
    key_hash  blob    not null unique,              -- SHA-256 of issuer and subject
    name      text,                                 -- how the person recognises it, as of linking
    linked_at text    not null,
    unique (issuer, subject)
) strict;

-- Used by the account page, and when an account is deleted.
create index identities_by_user on identities (user_id);
