//! Faults that other chats have had, each as a promise that a repetition would break. Sources are the entries of the CVE
//! list and of GitHub's advisories. Promises about whole tables of routes and events are in `rights`; markup in
//! `tests/browser/injection.test.mjs`.

mod accounts;
mod events;
mod inputs;
mod rooms;
