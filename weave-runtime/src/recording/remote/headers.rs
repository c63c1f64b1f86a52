//! The headers of HTTP as a carrier.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::Carrier;

impl Carrier for HeaderMap {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let values = self.get_all(name).iter().filter_map(|value| value.to_str().ok()).map(Cow::Borrowed);
        values.reduce(|first, next| Cow::Owned(format!("{first},{next}")))
    }

    fn set(&mut self, name: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) {
        HeaderMap::remove(self, name);
    }
}
