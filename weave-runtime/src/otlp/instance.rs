//! Which of the processes of a service this one is.

use std::sync::OnceLock;

use serde_json::Value;

const KEY: &str = "service.instance.id";

/// The resource, with the id of this process unless somebody gave it another.
pub(crate) fn with_id(resource: &[(String, Value)]) -> Vec<(String, Value)> {
    let mut resource = resource.to_vec();
    if !resource.iter().any(|(key, _)| key == KEY) {
        resource.push((KEY.to_owned(), id().into()));
    }
    resource
}

/// A UUID of version 4, as the conventions ask for.
fn id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| {
        let bits = fastrand::u128(..) & !(0xF << 76) & !(0b11 << 62) | 0x4 << 76 | 0b10 << 62;
        let digits = format!("{bits:032x}");
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
        parts.join("-")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_one_id_of_its_own() {
        let resource = with_id(&[]);
        assert_eq!(resource, with_id(&[]));
        let id = resource[0].1.as_str().unwrap();
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert!(id.split('-').nth(2).unwrap().starts_with('4'), "{id}");
        assert!(id.split('-').nth(3).unwrap().starts_with(['8', '9', 'a', 'b']), "{id}");
    }

    #[test]
    fn an_id_that_was_given_stays() {
        let given = [(KEY.to_owned(), Value::from("pod-7"))];
        assert_eq!(with_id(&given), given);
    }
}
