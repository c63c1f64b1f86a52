//! Which project calls go to: asked for at the first send, never before.

use std::time::Instant;

use serde_json::{Value, json};

use super::api::Api;
use crate::config::WandbConfig;
use crate::net::Standing;
use crate::remote::Outcome;

const PROJECT: &str =
    "query Project($name: String!, $entityName: String!) { project(name: $name, entityName: $entityName) { name } }";
const CREATE: &str = "mutation UpsertModel($name: String!, $entity: String!) { \
    upsertModel(input: { name: $name, entityName: $entity }) { model { name } } }";
const VIEWER: &str = "query DefaultEntity { viewer { username defaultEntity { name } } }";

/// A project that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Project {
    /// `entity/project`.
    pub(super) id: String,
    /// The same as part of a URL.
    pub(super) path: String,
}

impl Project {
    fn new(entity: &str, name: &str) -> Self {
        Self { id: format!("{entity}/{name}"), path: format!("{}/{}", quoted(entity), quoted(name)) }
    }
}

/// What was asked so far.
pub(super) struct Session {
    entity: Option<String>,
    name: String,
    project: Option<Project>,
}

impl Session {
    pub(super) fn new(config: &WandbConfig) -> Self {
        Self { entity: config.entity.clone(), name: config.project.clone(), project: None }
    }

    /// The project, looked up when it is not known yet. True beside it when it was not.
    pub(super) fn project(&mut self, api: &Api, until: Instant) -> Result<(Project, bool), Outcome> {
        if let Some(project) = &self.project {
            return Ok((project.clone(), false));
        }
        let entity = match &self.entity {
            Some(entity) => entity.clone(),
            None => default_entity(api, until)?,
        };
        is_there(api, until)?;
        let name = match existing(api, &entity, &self.name, until)? {
            Some(name) => name,
            None => created(api, &entity, &self.name, until)?,
        };
        let project = Project::new(&entity, &name);
        self.project = Some(project.clone());
        Ok((project, true))
    }

    pub(super) fn is_known(&self) -> bool {
        self.project.is_some()
    }

    /// Asks again next time: the project may be gone.
    pub(super) fn forget(&mut self) {
        self.project = None;
    }
}

/// Whether there is a server that will be there for calls, too. What it says of Python's versions is not for us.
fn is_there(api: &Api, until: Instant) -> Result<(), Outcome> {
    let response = api.get("/server_info", until)?;
    match response.standing() {
        Standing::Busy | Standing::Failing if response.status != 501 => api.taken(response).map(drop),
        _ => Ok(()),
    }
}

fn default_entity(api: &Api, until: Instant) -> Result<String, Outcome> {
    let data = api.graphql(&json!({ "query": VIEWER }), until)?;
    let name = data.pointer("/viewer/defaultEntity/name").and_then(Value::as_str).filter(|name| !name.is_empty());
    let none = "W&B knows no default entity for this key: check WANDB_API_KEY, or say it in the project, \"entity/project\", \
                or in WANDB_ENTITY";
    name.map(str::to_owned).ok_or_else(|| Outcome::Closed(api.error(none)))
}

fn existing(api: &Api, entity: &str, name: &str, until: Instant) -> Result<Option<String>, Outcome> {
    let variables = json!({ "name": name, "entityName": entity });
    let data = api.graphql(&json!({ "query": PROJECT, "variables": variables }), until)?;
    Ok(data.pointer("/project/name").and_then(Value::as_str).map(str::to_owned))
}

fn created(api: &Api, entity: &str, name: &str, until: Instant) -> Result<String, Outcome> {
    let variables = json!({ "name": name, "entity": entity });
    let data = match api.graphql(&json!({ "query": CREATE, "variables": variables }), until) {
        // That it has a wrong name, or that we may not: it will be no better until somebody changes something.
        Err(Outcome::Refused(reason) | Outcome::Smaller(reason) | Outcome::Closed(reason)) => {
            return Err(Outcome::Closed(api.error(&format!(
                "the project {entity}/{name} is not there and could not be made: {reason}; check its name, and that the key may do so"
            ))));
        }
        other => other?,
    };
    let made = data.pointer("/upsertModel/model/name").and_then(Value::as_str);
    let none = || {
        api.error(&format!("W&B did not create the project {entity}/{name}: check its name and that the key may do so"))
    };
    made.map(str::to_owned).ok_or_else(|| Outcome::Closed(none()))
}

/// A text as one part of a path.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            quoted.push(byte.into());
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_quoted_where_it_is_part_of_a_url() {
        let project = Project::new("my team", "Straße/1");
        assert_eq!((project.id.as_str(), project.path.as_str()), ("my team/Straße/1", "my%20team/Stra%C3%9Fe%2F1"));
    }
}
