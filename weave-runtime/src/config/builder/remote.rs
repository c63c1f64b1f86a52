//! What a program says about the machines that its calls go to.

use std::time::Duration;

use super::{Builder, OtlpProtocol};
use crate::secret::Secret;

impl Builder {
    /// Whether calls go to W&B Weave. Else whether `WEAVE_SINKS` names `weave`, else whether there is a `WANDB_API_KEY`.
    ///
    /// Needs the feature `wandb`, which is on by default, and a key.
    ///
    /// ```
    /// let no_variables: [(&str, &str); 0] = [];
    /// let error = weave::builder("my-project").environment(no_variables).weave(true).init().unwrap_err();
    /// assert!(error.is_config() && error.to_string().contains("set WANDB_API_KEY"), "{error}");
    /// ```
    pub fn weave(mut self, weave: bool) -> Self {
        self.given.weave = Some(weave);
        self
    }

    /// Sends calls to W&B Weave with this key. Else `WANDB_API_KEY`, else that of a netrc file, for those who chose Weave.
    ///
    /// ```
    /// let weave = weave::builder("my-team/my-project").api_key("0123456789").init()?;
    /// assert_eq!(weave.health().sinks[0].name, "weave");
    /// # weave.shutdown().into_result()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.given.api_key = Some(Secret::new(key.into()));
        self
    }

    /// Where the API of W&B is. Else `WANDB_BASE_URL`, else as the settings of W&B say, else `https://api.wandb.ai`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.given.base_url = Some(Secret::new(url.into()));
        self
    }

    /// Where Weave takes calls. Else `WF_TRACE_SERVER_URL`, else what follows from the [API](Self::base_url).
    pub fn trace_server_url(mut self, url: impl Into<String>) -> Self {
        self.given.trace_server_url = Some(Secret::new(url.into()));
        self
    }

    /// Whether calls go to an OTLP backend. Else whether `WEAVE_SINKS` names `otlp`, else whether
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT` is set and calls do not go to W&B Weave.
    ///
    /// Needs the feature `otlp`, which is on by default.
    pub fn otlp(mut self, otlp: bool) -> Self {
        self.given.otlp = Some(otlp);
        self
    }

    /// Sends calls to the OTLP backend here: the whole URL; `/v1/traces` is added to one that has no path. Else
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` as it is, else `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces` added, else
    /// `http://localhost:4318/v1/traces`.
    ///
    /// ```
    /// let weave = weave::builder("my-project").otlp_endpoint("http://localhost:6006").init()?;
    /// assert_eq!(weave.health().sinks[0].name, "otlp");
    /// # weave.shutdown().into_result()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn otlp_endpoint(mut self, url: impl Into<String>) -> Self {
        self.given.otlp_endpoint = Some(Secret::new(url.into()));
        self
    }

    /// Adds a header to what is sent to the OTLP backend: most want a key in one. Wins over `OTEL_EXPORTER_OTLP_HEADERS`.
    ///
    /// ```
    /// let builder = weave::builder("my-project").otlp(true).otlp_header("authorization", "Bearer\n0123456789");
    /// let error = builder.init().unwrap_err(); // which does not show it
    /// assert_eq!(error.to_string(), "otlp_header: the value of authorization has a character that a header cannot have");
    /// ```
    pub fn otlp_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.otlp_headers.push((name.into(), Secret::new(value.into())));
        self
    }

    /// How spans travel to the OTLP backend. Else `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, else `OTEL_EXPORTER_OTLP_PROTOCOL`, else
    /// protobuf over HTTP. The others need the features `otlp-grpc` and `otlp-json`.
    ///
    /// ```
    /// let started = weave::builder("my-project").otlp(true).otlp_protocol(weave::OtlpProtocol::Grpc).init();
    /// assert!(started.is_ok_and(|weave| weave.health().recording) || !cfg!(feature = "otlp-grpc"));
    /// ```
    pub fn otlp_protocol(mut self, protocol: OtlpProtocol) -> Self {
        self.given.otlp_protocol = Some(protocol);
        self
    }

    /// How many bytes of calls that a remote sink could not deliver are kept on disk, in the folder of the
    /// [store](Self::dir); 0 keeps none. Past it the newest are dropped and counted. Else `WEAVE_MAX_SPILL_BYTES`, else 256 MiB.
    ///
    /// ```
    /// #[weave::op]
    /// fn work() {}
    ///
    /// # let dir = tempfile::tempdir()?;
    /// // Nobody is there.
    /// let builder = weave::builder("my-project").dir(dir.path()).otlp_endpoint("http://127.0.0.1:9/v1/traces");
    /// let weave = builder.spill_bytes(1 << 20).init()?;
    /// work();
    /// assert_eq!(weave.flush().sinks[0].spilled, 1);
    /// # weave.shutdown();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spill_bytes(mut self, bytes: usize) -> Self {
        self.given.spill_bytes = Some(bytes);
        self
    }

    /// How long they are kept. Else `WEAVE_MAX_SPILL_AGE_S`, in seconds, else a week.
    pub fn spill_age(mut self, age: Duration) -> Self {
        self.given.spill_age = Some(age);
        self
    }
}
