//! As much of JSON schema as the schemas of the GenAI conventions use.

use serde_json::Value;

/// Where a schema from elsewhere is meant: the one of schemas, which are objects or booleans.
const META_SCHEMA: &str = "http://json-schema.org/draft-07/schema#";

pub(super) struct Schema {
    root: Value,
}

impl Schema {
    pub(super) fn new(text: &str) -> Self {
        Self { root: serde_json::from_str(text).unwrap() }
    }

    /// Holds a value to the whole schema.
    ///
    /// # Errors
    ///
    /// What is wrong, and where.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        self.matches(value, &self.root)
    }

    /// Holds a value to one definition, if there is one whose `type` is this.
    ///
    /// # Errors
    ///
    /// What is wrong, and where.
    pub(super) fn check_typed(&self, value: &Value) -> Result<(), String> {
        let kind = value["type"].as_str().ok_or_else(|| format!("{value} has no type"))?;
        let definitions = self.root["$defs"].as_object().unwrap();
        let own = definitions.values().find(|schema| schema["properties"]["type"]["const"] == kind);
        own.map_or(Ok(()), |schema| self.matches(value, schema))
    }

    fn matches(&self, value: &Value, schema: &Value) -> Result<(), String> {
        let schema = schema.as_object().unwrap();
        for (keyword, said) in schema {
            match keyword.as_str() {
                "$defs" | "title" | "description" | "default" | "format" => {}
                // With `true`, whatever else there is may be there.
                "additionalProperties" => assert_eq!(said, true),
                "$ref" if said == META_SCHEMA => ensure(value.is_object() || value.is_boolean(), value, said)?,
                "$ref" => self.matches(value, self.definition(said.as_str().unwrap()))?,
                "const" => ensure(value == said, value, said)?,
                "enum" => ensure(said.as_array().unwrap().contains(value), value, said)?,
                "type" => ensure(is_of_type(value, said.as_str().unwrap()), value, said)?,
                "anyOf" => ensure(self.fitting(value, said) > 0, value, said)?,
                "oneOf" => ensure(self.fitting(value, said) == 1, value, said)?,
                "required" => {
                    let missing =
                        said.as_array().unwrap().iter().find(|key| value.get(key.as_str().unwrap()).is_none());
                    missing.map_or(Ok(()), |key| Err(format!("{value} lacks {key}")))?;
                }
                "properties" => {
                    for (key, schema) in said.as_object().unwrap() {
                        value.get(key).map_or(Ok(()), |value| self.matches(value, schema))?;
                    }
                }
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.matches(item, said)?;
                    }
                }
                other => panic!("the schemas have a keyword that this knows nothing of: {other}"),
            }
        }
        Ok(())
    }

    fn fitting(&self, value: &Value, schemas: &Value) -> usize {
        schemas.as_array().unwrap().iter().filter(|schema| self.matches(value, schema).is_ok()).count()
    }

    fn definition(&self, reference: &str) -> &Value {
        &self.root["$defs"][reference.strip_prefix("#/$defs/").unwrap()]
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the schemas have a type that this knows nothing of: {other}"),
    }
}

fn ensure(fits: bool, value: &Value, said: &Value) -> Result<(), String> {
    if fits { Ok(()) } else { Err(format!("{value} is not {said}")) }
}
