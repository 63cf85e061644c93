-- What a name for display has in common with names that look like it, as `folded` is for the handle: nobody can take a
-- name that looks like somebody else's handle or name. SQL cannot compute it, so the program fills it when it opens the
-- file (`fold_names` in src/store/users.rs). Null: not filled yet. Not unique: an import brings people as they were.
alter table users add column name_folded text;
-- Serves the question whether a name is taken, and finds rows that are not filled yet.
create index users_by_name_folded on users (name_folded);
