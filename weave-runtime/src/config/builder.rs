//! What a program says about its client.

mod remote;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Environment, OtlpProtocol};
use crate::record::CallRecord;
use crate::secret::Secret;
use crate::sink::Sink;
use crate::value::{Hook, Hooks};

/// Configures a client; see [`builder`](crate::builder). What is set here wins over the environment.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// let weave = weave::builder("my-team/my-project")
///     .dir(dir.path())
///     .attribute("environment", "staging")
///     .print_call_link(false)
///     .init()?;
/// assert!(weave.health().recording);
/// # weave.shutdown().into_result()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `init`"]
pub struct Builder {
    pub(super) project: String,
    pub(super) given: Given,
    pub(super) environment: Environment,
    pub(super) attributes: Map<String, Value>,
    pub(super) sinks: Vec<Box<dyn Sink>>,
    pub(super) redact_keys: Vec<String>,
    pub(super) hooks: Hooks,
}

/// What may come from the environment instead.
#[derive(Default, Debug)]
pub(super) struct Given {
    pub(super) disabled: Option<bool>,
    pub(super) dir: Option<PathBuf>,
    pub(super) local: Option<bool>,
    pub(super) console: Option<bool>,
    pub(super) print_call_link: Option<bool>,
    pub(super) value_bytes: Option<usize>,
    pub(super) content_bytes: Option<usize>,
    pub(super) queue_calls: Option<usize>,
    pub(super) queue_bytes: Option<usize>,
    pub(super) flush_interval: Option<Duration>,
    pub(super) flush_timeout: Option<Duration>,
    pub(super) sample_rate: Option<f64>,
    pub(super) keep_errors: Option<bool>,
    pub(super) follow_parent_sampling: Option<bool>,
    pub(super) weave: Option<bool>,
    pub(super) api_key: Option<Secret>,
    pub(super) base_url: Option<Secret>,
    pub(super) trace_server_url: Option<Secret>,
    pub(super) otlp: Option<bool>,
    pub(super) otlp_endpoint: Option<Secret>,
    pub(super) otlp_headers: Vec<(String, Secret)>,
    pub(super) otlp_protocol: Option<OtlpProtocol>,
    pub(super) spill_bytes: Option<usize>,
    pub(super) spill_age: Option<Duration>,
}

impl Given {
    /// Whether Weave was chosen, in one way or another.
    pub(super) fn weave(&self) -> Option<bool> {
        let told = self.api_key.is_some() || self.base_url.is_some() || self.trace_server_url.is_some();
        self.weave.or(told.then_some(true))
    }

    /// Whether an OTLP backend was.
    pub(super) fn otlp(&self) -> Option<bool> {
        self.otlp.or(self.otlp_endpoint.is_some().then_some(true))
    }
}

impl Builder {
    pub(crate) fn new(project: String) -> Self {
        Self {
            project,
            given: Given::default(),
            environment: Environment::Process,
            attributes: Map::new(),
            sinks: Vec::new(),
            redact_keys: Vec::new(),
            hooks: Hooks::default(),
        }
    }

    /// Records nothing: every function and annotation does nothing. Else `WEAVE_DISABLED`, else `false`.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.given.disabled = Some(disabled);
        self
    }

    /// The folder of the local store, made when it does not exist. Else `WEAVE_DIR`, else `.weave`.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.given.dir = Some(dir.into());
        self
    }

    /// Whether calls go to the local store. Else whether `WEAVE_SINKS` names `local`, else `true` unless they go to another
    /// machine ([`weave`](Self::weave), [`otlp`](Self::otlp)).
    pub fn local(mut self, local: bool) -> Self {
        self.given.local = Some(local);
        self
    }

    /// Whether the tree of each finished root call is drawn on stderr. Else `WEAVE_CONSOLE`, else whether `WEAVE_SINKS`
    /// names `console`, else `false`.
    pub fn console(mut self, console: bool) -> Self {
        self.given.console = Some(console);
        self
    }

    /// Whether `init` says on stderr where calls go and how to look at them. Else `WEAVE_PRINT_CALL_LINK`, else `true`.
    pub fn print_call_link(mut self, print: bool) -> Self {
        self.given.print_call_link = Some(print);
        self
    }

    /// Sends calls to a sink of your own as well.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// Gives every call an attribute. Those of ops, scopes and calls are merged over it.
    ///
    /// ```
    /// #[weave::op(attributes(tier = "gold"))]
    /// fn work() {}
    ///
    /// let builder = weave::builder("test").attribute("region", "eu").attribute("tier", "any");
    /// let recorder = weave::testing::Recorder::with(builder)?;
    /// recorder.run(work);
    /// let calls = recorder.calls();
    /// assert_eq!((&calls[0].attributes()["region"], &calls[0].attributes()["tier"]), (&"eu".into(), &"gold".into()));
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn attribute(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_else(|error| Value::String(error.to_string()));
        self.attributes.insert(key.into(), value);
        self
    }

    /// Gives every call several attributes, as [`attribute`](Self::attribute) does one.
    pub fn attributes(mut self, attributes: impl IntoIterator<Item = (impl Into<String>, impl Serialize)>) -> Self {
        for (key, value) in attributes {
            self = self.attribute(key, value);
        }
        self
    }

    /// Treats these keys as secret too: their values are replaced by `"REDACTED"`, at every depth. Case, `-` and `_` in
    /// them do not matter. Added to `WEAVE_REDACT_KEYS`.
    ///
    /// ```
    /// #[weave::op]
    /// fn pay(card_number: &str, cents: u32) -> u32 {
    ///     cents
    /// }
    ///
    /// let recorder = weave::testing::Recorder::with(weave::builder("test").redact_keys(["card-number"]))?;
    /// recorder.run(|| pay("4242", 5));
    /// assert_eq!(recorder.tree().outline(), r#"pay(card_number: "REDACTED", cents: 5) -> 5"#);
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn redact_keys(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.redact_keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Has a function of yours reshape the inputs of every call, in the background: add, change, remove.
    ///
    /// It gets the call, to tell ops apart, and the inputs by name: secret keys are replaced already, and the op's own
    /// `inputs` function came before. What it adds is searched for secret keys again. Where it panics, a placeholder
    /// stands for the inputs. There is one: the last that is given.
    ///
    /// ```
    /// #[weave::op]
    /// fn ask(question: &str, history: Vec<String>) -> usize {
    ///     question.len()
    /// }
    ///
    /// let builder = weave::builder("test").inputs(|call, inputs| {
    ///     if call.op_name() == "ask" {
    ///         inputs.remove("history");
    ///     }
    ///     inputs.insert("region".to_owned(), "eu".into());
    /// });
    /// let recorder = weave::testing::Recorder::with(builder)?;
    /// recorder.run(|| ask("why?", vec!["so".to_owned()]));
    /// assert_eq!(recorder.tree().outline(), r#"ask(question: "why?", region: "eu") -> 4"#);
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn inputs(mut self, hook: impl Fn(&CallRecord, &mut Map<String, Value>) + Send + Sync + 'static) -> Self {
        self.hooks.inputs = Some(Hook::new(Arc::new(hook)));
        self
    }

    /// Has a function of yours reshape the output of every call that has one, as [`inputs`](Self::inputs) does the
    /// inputs. Tokens are counted by the output as it was before.
    ///
    /// ```
    /// #[weave::op]
    /// fn read(path: &str) -> Vec<u8> {
    ///     vec![0; 4_096]
    /// }
    ///
    /// let builder = weave::builder("test").output(|_, output| {
    ///     if let Some(items) = output.as_array().filter(|items| items.len() > 100) {
    ///         *output = format!("{} items", items.len()).into();
    ///     }
    /// });
    /// let recorder = weave::testing::Recorder::with(builder)?;
    /// recorder.run(|| read("a"));
    /// assert_eq!(recorder.tree().outline(), r#"read(path: "a") -> "4096 items""#);
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn output(mut self, hook: impl Fn(&CallRecord, &mut Value) + Send + Sync + 'static) -> Self {
        self.hooks.output = Some(Hook::new(Arc::new(hook)));
        self
    }

    /// Shows every value to a function of yours before any sink has it, after the secret keys were taken out: the place to
    /// remove or rewrite what only you know to be secret.
    ///
    /// It gets the path, such as `inputs.user.email`, `output.0`, `attributes.tenant`, `summary.note`, `error`, `event_name` or
    /// `display_name`, and the value; of objects and arrays first the whole, then what is in it. Of calls by hand and foreign
    /// spans it gets the `op_name`, too. It runs in the background. A value at which it panics is replaced by `"REDACTED"`.
    ///
    /// ```
    /// #[weave::op]
    /// fn greet(email: &str) -> String {
    ///     format!("hello {email}")
    /// }
    ///
    /// let builder = weave::builder("test").redact(|path, value| {
    ///     if path == "inputs.email" || path == "output" {
    ///         *value = "(withheld)".into();
    ///     }
    /// });
    /// let recorder = weave::testing::Recorder::with(builder)?;
    /// recorder.run(|| greet("a@b.c"));
    /// assert_eq!(recorder.tree().outline(), r#"greet(email: "(withheld)") -> "(withheld)""#);
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn redact(mut self, hook: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Self {
        self.hooks.redact = Some(Hook::new(Arc::new(hook)));
        self
    }

    /// The share of traces that are recorded, from 0 to 1: all calls below a root, or none of them. `sample_rate` on an
    /// annotation and on a [`scope`](crate::scope) are stronger. Else `WEAVE_SAMPLE_RATE`, else 1.
    ///
    /// ```
    /// #[weave::op]
    /// fn work() {}
    ///
    /// let recorder = weave::testing::Recorder::with(weave::builder("test").sample_rate(0.1))?;
    /// recorder.run(|| (0..1000).for_each(|_| work()));
    /// assert!((50..200).contains(&recorder.calls().len()));
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn sample_rate(mut self, share: f64) -> Self {
        self.given.sample_rate = Some(share);
        self
    }

    /// Whether a trace that was sampled out is recorded all the same when a call in it fails before its root ends. Until
    /// then it is held in memory, in addition to what [waits](Self::queue_calls) and with the same bounds: past them the
    /// oldest are given up. Else `WEAVE_KEEP_ERRORS`, else `false`.
    ///
    /// ```
    /// #[weave::op]
    /// fn half(n: u32) -> Result<u32, String> {
    ///     if n % 2 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    /// }
    ///
    /// let builder = weave::builder("test").sample_rate(0.0).keep_errors(true);
    /// let recorder = weave::testing::Recorder::with(builder)?;
    /// recorder.run(|| (half(4), half(3)));
    /// assert_eq!(recorder.tree().outline(), "half(n: 3) failed: 3 is odd");
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn keep_errors(mut self, keep: bool) -> Self {
        self.given.keep_errors = Some(keep);
        self
    }

    /// Whether a trace that was begun elsewhere, in another process or by other OpenTelemetry instrumentation, is recorded
    /// if and only if its sampled flag is set; `true` unless you say otherwise. Else its calls here are sampled as if they
    /// had begun the trace.
    ///
    /// ```
    /// #[weave::op]
    /// fn work() {}
    ///
    /// // The caller says `00`: not sampled.
    /// let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    /// let headers = std::collections::HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    /// let recorded = |follow| {
    ///     let recorder = weave::testing::Recorder::with(weave::builder("test").follow_parent_sampling(follow))?;
    ///     recorder.run(|| weave::Context::extract(&headers).run(work));
    ///     Ok::<_, weave::Error>(recorder.calls().len())
    /// };
    /// assert_eq!((recorded(true)?, recorded(false)?), (0, 1));
    /// # Ok::<(), weave::Error>(())
    /// ```
    pub fn follow_parent_sampling(mut self, follow: bool) -> Self {
        self.given.follow_parent_sampling = Some(follow);
        self
    }

    /// The largest value that is kept whole, in bytes of JSON. Else `WEAVE_MAX_VALUE_BYTES`, else 1 MiB.
    pub fn value_bytes(mut self, bytes: usize) -> Self {
        self.given.value_bytes = Some(bytes);
        self
    }

    /// The largest [`Content`](crate::Content), and base64 too long for a value, that is kept, in bytes; those of one call
    /// together may be four times as large. What is larger is recorded without its bytes, and counted in
    /// [`contents_left_out`](crate::Health::contents_left_out). Else `WEAVE_MAX_CONTENT_BYTES`, else 16 MiB.
    pub fn content_bytes(mut self, bytes: usize) -> Self {
        self.given.content_bytes = Some(bytes);
        self
    }

    /// The most calls that wait, for the collector and for each sink; the newest are dropped beyond, and counted. Else
    /// `WEAVE_MAX_CALLS_QUEUE_SIZE`, else 100,000.
    pub fn queue_calls(mut self, calls: usize) -> Self {
        self.given.queue_calls = Some(calls);
        self
    }

    /// As [`queue_calls`](Self::queue_calls), in bytes. Else `WEAVE_MAX_QUEUE_BYTES`, else 64 MiB.
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.given.queue_bytes = Some(bytes);
        self
    }

    /// How long a call waits before it goes to the sinks, and how long one is open before it is shown as running; not
    /// zero. Else `WEAVE_FLUSH_INTERVAL_MS`, else a second.
    pub fn flush_interval(mut self, interval: Duration) -> Self {
        self.given.flush_interval = Some(interval);
        self
    }

    /// How long [`flush`](crate::flush) waits at the most. Else `WEAVE_FLUSH_TIMEOUT_MS`, else 30 seconds.
    pub fn flush_timeout(mut self, timeout: Duration) -> Self {
        self.given.flush_timeout = Some(timeout);
        self
    }

    /// Reads these variables in place of the process's environment.
    ///
    /// ```
    /// let error = weave::builder("p").environment([("WEAVE_CONSOLE", "maybe")]).init().unwrap_err();
    /// assert!(error.is_config());
    /// assert_eq!(
    ///     error.to_string(),
    ///     r#"WEAVE_CONSOLE is "maybe": expected yes, true, 1, on, no, false, 0 or off"#
    /// );
    /// ```
    pub fn environment(mut self, variables: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let variables: HashMap<_, _> = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self.environment = Environment::Given(variables);
        self
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The environment stays out: it has everybody's keys.
        f.debug_struct("Builder").field("project", &self.project).field("given", &self.given).finish_non_exhaustive()
    }
}
