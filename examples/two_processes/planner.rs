//! The client: where the trace leaves the process.

use reqwest::header::HeaderMap;

use crate::Error;

/// Advises travellers, by what the weather service says.
pub(crate) struct Planner {
    http: reqwest::Client,
    url: String,
}

impl Planner {
    /// A planner that asks the service at `url`.
    pub(crate) fn new(url: &str) -> Self {
        // One connection for all, and none through a proxy.
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        Self { http, url: url.to_owned() }
    }

    /// What to pack, by city.
    #[weave::op]
    pub(crate) async fn advise(&self, cities: &[String]) -> String {
        let asked = cities.iter().map(|city| self.advise_on(city));
        futures::future::join_all(asked).await.join("\n")
    }

    async fn advise_on(&self, city: &str) -> String {
        match self.get(&format!("weather/{city}")).await {
            Ok(weather) if weather.contains("rain") => format!("{city}: {weather}, take an umbrella"),
            Ok(weather) => format!("{city}: {weather}, take a hat"),
            Err(error) => format!("{city}: {error}"),
        }
    }

    /// Every request passes here: the place to write the trace into its headers.
    #[weave::op]
    async fn get(&self, path: &str) -> Result<String, Error> {
        let mut headers = HeaderMap::new();
        weave::Context::current().inject(&mut headers);
        let answer = self.http.get(format!("{}/{path}", self.url)).headers(headers).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() { Ok(text) } else { Err(text.into()) }
    }
}
