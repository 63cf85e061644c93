//! The schemas of forms. A form has the fields of the JSON object, but all of them are text, and empty ones count as
//! absent.

use crate::model::json_schema::{NotGiven, text};
use utoipa::{
    ToSchema,
    openapi::{
        Object, Ref, RefOr, Schema, Type,
        schema::{AnyOfBuilder, SchemaType},
    },
};

/// Returns the name and the schema of the form that has the fields of the request `T`.
pub(super) fn form_of<T: ToSchema>() -> (String, RefOr<Schema>) {
    let request = T::name();
    let mut schema = T::schema();
    if let RefOr::T(Schema::Object(form)) = &mut schema {
        let description = format!("`{request}` as a form. Empty fields count as absent.");
        form.description = Some(description);
        // A form cannot hold lists.
        let is_value = |field: &RefOr<Schema>| !matches!(field, RefOr::T(Schema::Array(_)));
        form.properties.retain(|_, field| is_value(field));
        for (name, field) in &mut form.properties {
            let value = text_of(field);
            *field = if form.required.contains(name) {
                value
            } else {
                or_empty(value)
            };
        }
    }
    (request.replace("Request", "Form"), schema)
}

/// Returns the schema of a field in a form: without `null`, and with a text instead of any JSON value.
fn text_of(field: &RefOr<Schema>) -> RefOr<Schema> {
    match field {
        RefOr::T(Schema::OneOf(alternatives)) => {
            let mut values = alternatives.items.iter().filter(|value| !is_null(value));
            values.next().unwrap_or(field).clone()
        }
        RefOr::T(Schema::Object(Object {
            schema_type: SchemaType::AnyValue,
            ..
        })) => {
            let description = "A text, which becomes a JSON string.";
            text()
                .min_length(Some(1))
                .description(Some(description))
                .into()
        }
        _ => field.clone(),
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    let RefOr::T(Schema::Object(object)) = schema else {
        return false;
    };
    object.schema_type == SchemaType::Type(Type::Null)
}

/// Returns the schema of an optional field: the value or an empty text.
fn or_empty(value: RefOr<Schema>) -> RefOr<Schema> {
    let empty = text().enum_values(Some([""]));
    match value {
        RefOr::Ref(value) if value.ref_location == not_given().ref_location => {
            empty.description(Some(value.description)).into()
        }
        value => AnyOfBuilder::new().item(value).item(empty).into(),
    }
}

fn not_given() -> Ref {
    Ref::from_schema_name(NotGiven::name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::{custom_events::CustomEventRequest, rooms::UpdateRoomRequest};
    use serde_json::{Value, json};

    fn fields<T: ToSchema>() -> Value {
        serde_json::to_value(form_of::<T>().1).unwrap()["properties"].take()
    }

    #[test]
    fn optional_fields_of_a_form_may_be_empty() {
        let fields = fields::<UpdateRoomRequest>();
        let name = json!({"$ref": "#/components/schemas/DisplayName"});
        let empty = json!({"type": "string", "enum": [""]});
        assert_eq!(fields["name"], json!({"anyOf": [name, empty]}));
        assert_eq!(fields["slug"]["enum"], json!([""]));
    }

    #[test]
    fn required_fields_of_a_form_are_texts_with_a_content() {
        let fields = fields::<CustomEventRequest>();
        assert_eq!(fields["payload"]["minLength"], 1);
        assert_eq!(
            fields["type"],
            json!({"$ref": "#/components/schemas/CustomEventName"})
        );
    }
}
