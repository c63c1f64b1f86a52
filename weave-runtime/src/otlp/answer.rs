//! What a backend says about a request, in whatever it says it.

use serde_json::Value;

use crate::diagnostics;
use crate::error::Error;
use crate::net::{Failure, Field, Response, Standing, fields, plain};
use crate::remote::Outcome;

/// Whoever names one of the two variables may take it for the other.
const ELSEWHERE: &str = ": is that the address for traces? OTEL_EXPORTER_OTLP_ENDPOINT is without /v1/traces, \
                         OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and otlp_endpoint are with it";

/// What became of a request with so many spans. `place` is where it went, `sink` who sent it.
pub(crate) fn outcome(answer: Result<Response, Failure>, sent: usize, sink: &str, place: &str) -> Outcome {
    let response = match answer {
        Ok(response) => response,
        Err(Failure { error, lasting: true }) => return Outcome::Closed(error),
        Err(Failure { error, lasting: false }) => return Outcome::Later { after: None, reason: error },
    };
    let error = |hint: &str| Error::delivery(format!("{place} answered {}{hint}", response.reason()));
    match response.standing() {
        Standing::Taken => accepted(&response.body, sent, sink, place),
        Standing::Busy => Outcome::Later { after: response.retry_after, reason: error("") },
        Standing::Failing => Outcome::Failing(error("")),
        Standing::TooLarge => Outcome::Smaller(error("")),
        Standing::Unwelcome => Outcome::Closed(error(": is the key in the headers the right one?")),
        Standing::Elsewhere => Outcome::Closed(error(ELSEWHERE)),
        Standing::Refused if response.status == 422 => Outcome::Smaller(error("")),
        Standing::Refused => Outcome::Refused(error("")),
    }
}

/// What became of a request that was understood, which may not mean that all of it was taken.
pub(super) fn accepted(body: &[u8], sent: usize, sink: &str, place: &str) -> Outcome {
    let Partial { rejected, message } = Partial::read(body).unwrap_or_default();
    let message = plain(&message);
    let says = if message.is_empty() { String::new() } else { format!(": {message}") };
    if rejected > 0 {
        let rejected = usize::try_from(rejected).unwrap_or(sent).min(sent);
        let reason = Error::delivery(format!("{place} took {} of {sent} spans{says}", sent - rejected));
        return Outcome::Partly { rejected, reason };
    }
    if !says.is_empty() {
        diagnostics::warn(&format!("{sink} says"), &format!("{place} took all spans and says{says}"));
    }
    Outcome::Taken
}

/// The success that is none for some.
#[derive(Default)]
struct Partial {
    rejected: u64,
    message: String,
}

impl Partial {
    /// Some backends answer in JSON when asked in protobuf, and some call it otherwise; so it is looked at, not its type.
    fn read(body: &[u8]) -> Option<Self> {
        // Its first bytes, a tag and a length, may look like JSON.
        match serde_json::from_slice(body) {
            Ok(answer) => Self::of_json(&answer),
            Err(_) => Self::of_protobuf(body),
        }
    }

    fn of_json(answer: &Value) -> Option<Self> {
        let get = |object: &Value, keys: [&str; 2]| keys.iter().find_map(|key| object.get(*key).cloned());
        // Weave's agents answer says it without what surrounds it.
        let partial = get(answer, ["partialSuccess", "partial_success"]).unwrap_or_else(|| answer.clone());
        let rejected = get(&partial, ["rejectedSpans", "rejected_spans"]).unwrap_or_default();
        let rejected = rejected.as_i64().or_else(|| rejected.as_str()?.parse().ok()).unwrap_or_default();
        let message = get(&partial, ["errorMessage", "error_message"]).unwrap_or_default();
        Some(Self { rejected: positive(rejected), message: message.as_str().unwrap_or_default().to_owned() })
    }

    fn of_protobuf(body: &[u8]) -> Option<Self> {
        let mut partial = Self::default();
        for field in fields(body)? {
            let Field::Bytes(1, inner) = field else { continue };
            for field in fields(inner)? {
                match field {
                    Field::Number(1, rejected) => partial.rejected = positive(rejected.cast_signed()),
                    Field::Bytes(2, message) => partial.message = String::from_utf8_lossy(message).into_owned(),
                    _ => {}
                }
            }
        }
        Some(partial)
    }
}

/// Fewer than none is none.
fn positive(number: i64) -> u64 {
    number.try_into().unwrap_or(0)
}
