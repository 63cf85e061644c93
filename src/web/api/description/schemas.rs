//! The schemas that the operations refer to, by their names.

use std::collections::BTreeMap;
use utoipa::{
    ToSchema,
    openapi::{Ref, RefOr, Schema},
};

/// Named schemas.
#[derive(Default)]
pub(super) struct Schemas(pub(super) BTreeMap<String, RefOr<Schema>>);

impl Schemas {
    /// Adds the schema of `T`, and those that it refers to.
    pub(super) fn add<T: ToSchema>(&mut self) {
        let mut referred = Vec::new();
        T::schemas(&mut referred);
        self.0.extend(referred);
        self.insert(T::name().into_owned(), T::schema());
    }

    /// Adds other schemas.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds a schema.
    pub(super) fn insert(&mut self, name: String, schema: RefOr<Schema>) {
        self.0.insert(name, schema);
    }
}

/// Returns a reference to the schema of `T`.
pub(super) fn reference<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}
