//! Reads as much of a `Cargo.toml` as it takes to list dependencies.

use std::collections::BTreeMap;

/// The names in each table whose name ends in `dependencies`.
pub(crate) fn dependencies(manifest: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let mut table = None;
    let mut open_brackets = 0;
    for line in manifest.lines().map(str::trim) {
        // What is inside a value of several lines is no key.
        let starts_here = open_brackets == 0;
        if starts_here && let Some(header) = line.strip_prefix('[') {
            let header = header.split(']').next().unwrap_or_default().trim();
            table = header.ends_with("dependencies").then(|| header.to_owned());
            // `[dependencies.serde]`: a table of one dependency's own.
            if let Some((of, name)) = header.rsplit_once('.').filter(|(of, _)| of.ends_with("dependencies")) {
                found.entry(of.to_owned()).or_default().push(name.to_owned());
            }
            continue;
        }
        let Some(table) = &table else { continue };
        if starts_here && let Some((key, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            // `serde.workspace = true`
            let name = key.split('.').next().unwrap_or_default().trim();
            found.entry(table.clone()).or_default().push(name.to_owned());
        }
        open_brackets += line.matches(['[', '{']).count();
        open_brackets = open_brackets.saturating_sub(line.matches([']', '}']).count());
    }
    found
}
