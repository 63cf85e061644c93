//! Uses of sessions and tokens that are not stored yet. They are stored together from time to time, so that a request
//! does not write.

use crate::model::{change::SecretHash, time::Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Maximum number of uses that wait to be stored. Further ones are not stored.
const WAITING_MAX: usize = 10_000;

/// Uses that wait to be stored.
#[derive(Debug, Default)]
pub struct SessionUses(Mutex<HashMap<SecretHash, Timestamp>>);

impl SessionUses {
    /// Adds a use.
    pub fn note(&self, secret: &SecretHash, at: Timestamp) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < WAITING_MAX {
            waiting.insert(secret.clone(), at);
        }
    }

    /// Takes all uses.
    pub fn take(&self) -> Vec<(SecretHash, Timestamp)> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting).into_iter().collect()
    }
}
