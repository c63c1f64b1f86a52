//! Requests of Weave's API out of items, each with the project that they are for.

use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::agents;
use super::api::{Api, Post};
use super::conversations::Conversations;
use super::encoder::Head;
use super::object::{File, Object};
use super::printed::Printed;
use super::references;
use super::session::{Project, Session};
use crate::config::WandbConfig;
use crate::diagnostics;
use crate::error::Error;
use crate::net::Response;
use crate::remote::{Item, Most, Outcome, Route, Sender};
use crate::secret::Secret;

/// The largest batch that Weave takes.
const BATCH: usize = 1_000;

/// As many spans go into a request, as many as OpenTelemetry's SDKs send.
const SPANS: usize = 512;

/// The largest request, less what stands around the items.
const BYTES: usize = 31 << 20;

const RUN: &str = "Weave does not know the run that WANDB_RUN_ID names in this project, so calls are sent without it: unset it, or \
                   set WANDB_PROJECT to the project that the run is in";

/// Sends what the encoder wrote.
pub(super) struct ToWeave {
    api: Api,
    session: Session,
    printed: Printed,
    conversations: Conversations,
    /// Whether calls say which run they are part of.
    says_run: bool,
    /// Of the spans.
    resource: Vec<u8>,
}

impl ToWeave {
    pub(super) fn new(config: &WandbConfig, conversations: Conversations) -> Result<Self, Error> {
        Ok(Self {
            api: Api::new(config)?,
            session: Session::new(config),
            printed: Printed::new(&config.app_url, config.print_call_link),
            conversations,
            says_run: true,
            resource: agents::resource(&config.resource),
        })
    }

    fn sent(&mut self, route: Route, items: &[Item], until: Instant) -> Result<Outcome, Outcome> {
        let (project, is_new) = self.session.project(&self.api, until).map_err(|outcome| match outcome {
            // It is no item at which the server failed.
            Outcome::Failing(reason) => Outcome::Later { after: None, reason },
            other => other,
        })?;
        if is_new {
            self.printed.project(&project);
        }
        match route {
            Route::Calls => self.calls(&project, items, until),
            Route::Starts => self.each(items, |sender, item| sender.start(&project, item, until)),
            Route::Ends => self.each(items, |sender, item| sender.end(&project, item, until)),
            Route::Ops => self.each(items, |sender, item| sender.object(&project, item, until)),
            Route::Files => self.each(items, |sender, item| sender.file(&project, item, until)),
            Route::Spans => self.spans(&project, items, until),
        }
    }

    /// One request for each. The engine gives one at a time.
    fn each(
        &mut self,
        items: &[Item],
        mut send: impl FnMut(&mut Self, &Item) -> Result<(), Outcome>,
    ) -> Result<Outcome, Outcome> {
        for item in items {
            send(self, item)?;
        }
        Ok(Outcome::Taken)
    }

    fn calls(&mut self, project: &Project, items: &[Item], until: Instant) -> Result<Outcome, Outcome> {
        let mut body = b"{\"batch\":[".to_vec();
        let (mut roots, mut written) = (Vec::new(), 0);
        for item in items {
            let Some((head, _, json)) = Head::read(&item.body) else { continue };
            if written > 0 {
                body.push(b',');
            }
            self.open(&mut body, project, Some(&head));
            body.extend_from_slice(json);
            written += 1;
            roots.extend(item.call.filter(|_| head.is_root));
        }
        if written == 0 {
            return Err(unreadable());
        }
        body.extend_from_slice(b"]}");
        let path = format!("/v2/{}/calls/complete", project.path);
        let headers = [retry_id(items, self.says_run)];
        let post = Post { path: &path, content_type: "application/json", headers: &headers, body: &body };
        self.api.taken(self.api.post_calls(&post, until)?)?;
        self.printed.roots(project, &roots);
        if written < items.len() {
            let reason = Error::delivery("what was kept of some calls cannot be read");
            return Ok(Outcome::Partly { rejected: items.len() - written, reason });
        }
        Ok(Outcome::Taken)
    }

    fn spans(&mut self, project: &Project, items: &[Item], until: Instant) -> Result<Outcome, Outcome> {
        let body = agents::request(&self.resource, items, &project.id);
        let headers = [(agents::PROJECT_HEADER.to_owned(), Secret::new(project.id.as_str()))];
        let post = Post { path: agents::PATH, content_type: agents::CONTENT_TYPE, headers: &headers, body: &body };
        let response = self.api.taken(self.api.post_spans(&post, until)?)?;
        self.printed.conversations(project, &self.conversations.take());
        Ok(agents::outcome(response, items.len()))
    }

    fn start(&mut self, project: &Project, item: &Item, until: Instant) -> Result<(), Outcome> {
        let (head, _, json) = Head::read(&item.body).ok_or_else(unreadable)?;
        let response = self.edge("start", project, Some(&head), json, item, until)?;
        self.api.taken(response).map(drop)
    }

    fn end(&mut self, project: &Project, item: &Item, until: Instant) -> Result<(), Outcome> {
        let (head, json, _) = Head::read(&item.body).ok_or_else(unreadable)?;
        if self.api.is_older() {
            return self.calls(project, std::slice::from_ref(item), until).map(drop);
        }
        let response = self.edge("end", project, None, json, item, until)?;
        if response.status == 404 {
            // Its start is not there, or the project, which is told of when the whole call is not taken either.
            return self.calls(project, std::slice::from_ref(item), until).map(drop);
        }
        self.api.taken(response)?;
        self.printed.roots(project, item.call.filter(|_| head.is_root).as_slice());
        Ok(())
    }

    fn edge(
        &self,
        which: &str,
        project: &Project,
        head: Option<&Head<'_>>,
        json: &[u8],
        item: &Item,
        until: Instant,
    ) -> Result<Response, Outcome> {
        let mut body = format!("{{\"{which}\":").into_bytes();
        self.open(&mut body, project, head);
        body.extend_from_slice(json);
        body.push(b'}');
        let mut headers = vec![retry_id(std::slice::from_ref(item), self.says_run)];
        headers.extend(item.trace.map(|trace| ("x-weave-trace-id".to_owned(), Secret::new(trace.to_string()))));
        let path = format!("/v2/{}/call/{which}", project.path);
        let post = Post { path: &path, content_type: "application/json", headers: &headers, body: &body };
        if which == "start" { self.api.post_calls(&post, until) } else { self.api.post(&post, until) }
    }

    fn object(&mut self, project: &Project, item: &Item, until: Instant) -> Result<(), Outcome> {
        let Object { id, digest, value } = Object::read(&item.body).ok_or_else(unreadable)?;
        let (project_id, id) = (Value::from(project.id.as_str()), Value::from(id));
        let with = |expected: &str| {
            format!("{{\"obj\":{{\"project_id\":{project_id},\"object_id\":{id},\"val\":{value}{expected}}}}}")
        };
        let expected = with(&format!(",\"expected_digest\":{}", Value::from(digest)));
        let post = |body: &str| {
            let body = body.as_bytes();
            self.api.post(&Post { path: "/obj/create", content_type: "application/json", headers: &[], body }, until)
        };
        let response = post(&expected)?;
        // It works digests out otherwise. The object is there at least.
        let response = if response.status == 409 { post(&with(""))? } else { response };
        self.api.taken(response).map(drop)
    }

    fn file(&mut self, project: &Project, item: &Item, until: Instant) -> Result<(), Outcome> {
        let file = File::read(&item.body).ok_or_else(unreadable)?;
        let boundary = format!("weave-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let mut body = Vec::with_capacity(file.bytes.len() + 1024);
        for (name, value) in [("project_id", project.id.as_str()), ("expected_digest", file.digest)] {
            let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let File { name, mime_type, bytes, .. } = file;
        let disposition = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        let head = format!("--{boundary}\r\n{disposition}\r\nContent-Type: {mime_type}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let post = Post { path: "/file/create", content_type: &content_type, headers: &[], body: &body };
        let response = self.api.post(&post, until)?;
        if response.status == 409 {
            let reason = format!("Weave works out another digest of a file: {}", response.reason());
            return Err(Outcome::Refused(self.api.error(&reason)));
        }
        self.api.taken(response).map(drop)
    }
}

/// What is refused as a whole for something in it.
impl ToWeave {
    /// Calls again, without what they name that may not be there, if they were refused.
    fn otherwise(&mut self, route: Route, items: &[Item], outcome: Outcome, until: Instant) -> Outcome {
        let has_run = |item: &Item| Head::read(&item.body).is_some_and(|(head, ..)| head.run.is_some());
        let mut outcome = outcome;
        if is_refused(&outcome)
            && self.says_run
            && matches!(route, Route::Calls | Route::Starts)
            && items.iter().any(has_run)
        {
            self.says_run = false;
            let without = self.sent(route, items, until).unwrap_or_else(|outcome| outcome);
            if is_refused(&without) {
                self.says_run = true;
            } else {
                diagnostics::warn("weave run", RUN);
                outcome = without;
            }
        }
        match (outcome, items) {
            (outcome, [item]) if is_refused(&outcome) && references::are_in(item) => {
                let item = references::defused(item);
                self.sent(route, &[item], until).unwrap_or_else(|outcome| outcome)
            }
            (Outcome::Closed(reason), [_, _, ..]) if items.iter().any(references::are_in) => Outcome::Smaller(reason),
            // The one that is wrong must not cost the others.
            (Outcome::Refused(reason), [_, _, ..]) => Outcome::Smaller(reason),
            (outcome, _) => outcome,
        }
    }

    /// Opens the object of a call, up to the members that the encoder wrote.
    fn open(&self, body: &mut Vec<u8>, project: &Project, head: Option<&Head<'_>>) {
        let id = Value::from(project.id.as_str());
        body.extend_from_slice(format!("{{\"project_id\":{id},").as_bytes());
        if let Some(Head { op, run, .. }) = head {
            let op = Value::from(format!("weave:///{}/op/{op}", project.id));
            let run = Value::from(run.filter(|_| self.says_run).map(|run| format!("{}/{run}", project.id)));
            body.extend_from_slice(format!("\"op_name\":{op},\"wb_run_id\":{run},").as_bytes());
        }
    }
}

fn is_refused(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Refused(_) | Outcome::Smaller(_) | Outcome::Closed(_))
}

impl Sender for ToWeave {
    fn most(&self, route: Route) -> Most {
        match route {
            Route::Calls => Most { items: BATCH, bytes: BYTES },
            Route::Spans => Most { items: SPANS, bytes: BYTES },
            _ => Most { items: 1, bytes: BYTES },
        }
    }

    fn send(&mut self, route: Route, items: &[Item], timeout: Duration) -> Outcome {
        let until = Instant::now() + timeout;
        let mut outcome = self.sent(route, items, until).unwrap_or_else(|outcome| outcome);
        // Where the project is known, it is what was sent that is refused.
        if self.session.is_known() {
            outcome = self.otherwise(route, items, outcome, until);
        }
        if matches!(outcome, Outcome::Closed(_)) {
            self.session.forget();
        }
        outcome
    }
}

/// By which the server can tell that it has seen a request before: the same for the same items.
fn retry_id(items: &[Item], says_run: bool) -> (String, Secret) {
    let mut hash = Sha256::new_with_prefix([u8::from(says_run)]);
    for item in items {
        hash.update(item.body.len().to_le_bytes());
        hash.update(&item.body);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    // A UUID of the kind whose bits mean what one likes.
    let id = format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32));
    ("x-weave-retry-id".to_owned(), Secret::new(id))
}

fn unreadable() -> Outcome {
    Outcome::Refused(Error::delivery("what was kept of a call cannot be read"))
}
