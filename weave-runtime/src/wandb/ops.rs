//! Ops as Weave has them: an object for each, a version for each text.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::digest;
use super::object::{File, Object};
use crate::record::{Op, OpRef};
use crate::remote::Item;

/// As many are remembered as published. Names that are made at run time may be without end.
const REMEMBERED: usize = 10_000;

/// The name that Weave gives to the code of an op, whatever the language.
const FILE: &str = "obj.py";

/// Which ops were published by this process.
pub(super) struct Ops {
    capture_code: bool,
    /// By the address of the op, which is a static.
    statics: HashMap<usize, Arc<str>>,
    /// By identity and digest.
    shared: HashMap<(String, Option<String>), Arc<str>>,
    /// The digests of their files: all that are recorded by hand have the same.
    files: HashSet<String>,
}

impl Ops {
    pub(super) fn new(capture_code: bool) -> Self {
        Self { capture_code, statics: HashMap::new(), shared: HashMap::new(), files: HashSet::new() }
    }

    /// What references to an op end in, `<object id>:<digest>`. Where it was not published yet, what publishes it is added to
    /// the items.
    pub(super) fn reference(&mut self, op: &OpRef, items: &mut Vec<Item>) -> Arc<str> {
        match op {
            OpRef::Static(op) => {
                let address = std::ptr::from_ref::<Op>(op).addr();
                if let Some(reference) = self.statics.get(&address) {
                    return Arc::clone(reference);
                }
                let reference = self.named(op, items);
                self.statics.insert(address, Arc::clone(&reference));
                reference
            }
            OpRef::Shared(op) => self.named(op, items),
        }
    }

    fn named(&mut self, op: &Op, items: &mut Vec<Item>) -> Arc<str> {
        let version = (object_id(op.identity()), op.digest().map(str::to_owned));
        if let Some(reference) = self.shared.get(&version) {
            return Arc::clone(reference);
        }
        if self.shared.len() >= REMEMBERED {
            self.shared.clear();
            self.files.clear();
        }
        let reference: Arc<str> = self.publish(op, &version.0, items).into();
        self.shared.insert(version, Arc::clone(&reference));
        reference
    }

    /// Adds the file and the object of an op to the items.
    fn publish(&mut self, op: &Op, id: &str, items: &mut Vec<Item>) -> String {
        let text = code(op, self.capture_code);
        let file = digest::of_bytes(text.as_bytes());
        let (item, digest) = Object::item(id, &value(&file));
        if !self.files.contains(&file) {
            items.push(File { name: FILE, mime_type: "text/x-python", digest: &file, bytes: text.as_bytes() }.item());
            self.files.insert(file);
        }
        items.push(item);
        format!("{id}:{digest}")
    }
}

/// An op whose code is in this file.
fn value(file: &str) -> Value {
    json!({ "_type": "CustomWeaveType", "weave_type": { "type": "Op" }, "files": { FILE: file } })
}

/// The longest id of an object that Weave takes, in characters.
const LONGEST_ID: usize = 128;

/// The id of the object: it is part of references, and Weave takes few characters in it. Names that differ where it cannot say
/// so differ in their hash.
fn object_id(identity: &str) -> String {
    let mut id: String = identity.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let length = id.chars().count();
    let says_all = length <= LONGEST_ID && identity.chars().all(|c| c.is_ascii() || fits(c));
    if !says_all {
        let hash = digest::hex(identity.as_bytes());
        // The function's own name stands last.
        let cut = id.chars().skip((length + 1 + hash.len()).saturating_sub(LONGEST_ID));
        id = cut.chain("-".chars()).chain(hash.chars()).collect();
    }
    id
}

/// Whether Python's `\w` has the character, or a name may. Of other scripts Rust counts signs as letters that Python does not.
fn fits(c: char) -> bool {
    let is_known = matches!(c, '\0'..='\u{2ff}' | '\u{370}'..='\u{52f}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    is_known && c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// The text by which Weave tells versions of an op apart, and which it shows: a new one exactly when the function, or
/// what of it may be shown, is another. No line and no file is in it, which change when the function does not.
fn code(op: &Op, capture_code: bool) -> String {
    let Some(digest) = op.digest() else {
        return "// Recorded by hand: there is no function whose code could be shown.\n".to_owned();
    };
    let within = op.module().map(|module| format!(" in {module}")).unwrap_or_default();
    let head = format!("// Rust: {}{within}\n// Version of the function: {digest}\n", op.name());
    match op.source().filter(|_| capture_code) {
        Some(source) => format!("{head}\n{source}\n"),
        None => format!("{head}// Its code was not captured.\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Kind;

    #[test]
    fn an_op_is_published_once_for_each_version() {
        static ONE: Op = Op::new(Kind::Op, "f", "app", "src/main.rs", 1).version("d1", Some("fn f() {}"));
        static TWO: Op = Op::new(Kind::Op, "f", "app", "src/main.rs", 1).version("d2", None);
        let (mut ops, mut items) = (Ops::new(true), Vec::new());
        let first = ops.reference(&OpRef::Static(&ONE), &mut items);
        assert_eq!(items.len(), 2);
        assert_eq!(ops.reference(&OpRef::Static(&ONE), &mut items), first);
        assert_eq!(items.len(), 2);
        let second = ops.reference(&OpRef::Static(&TWO), &mut items);
        assert_eq!(items.len(), 4);
        assert!(first != second && second.starts_with("f:"), "{first} {second}");
        let file = File::read(&items[0].body).unwrap();
        let text = "// Rust: f in app\n// Version of the function: d1\n\nfn f() {}\n";
        assert_eq!((file.name, file.bytes), (FILE, text.as_bytes()));
        assert_eq!(file.digest, digest::of_bytes(text.as_bytes()));
    }

    #[test]
    fn code_that_is_not_to_be_published_is_not() {
        static OP: Op = Op::new(Kind::Op, "f", "app", "src/main.rs", 1).version("d1", Some("fn f() { secret() }"));
        let mut items = Vec::new();
        Ops::new(false).reference(&OpRef::Static(&OP), &mut items);
        assert!(items.iter().all(|item| !String::from_utf8_lossy(&item.body).contains("secret")));
    }

    #[test]
    fn calls_by_hand_have_an_op_by_their_name() {
        let (mut ops, mut items) = (Ops::new(true), Vec::new());
        let reference = ops.reference(&OpRef::named(Kind::Op, "my op/with: odd chars"), &mut items);
        assert_eq!(reference.split(':').next(), Some("my-op-with-odd-chars"));
        let again = ops.reference(&OpRef::named(Kind::Op, "my op/with: odd chars"), &mut items);
        assert_eq!((again, items.len()), (reference, 2));
    }

    #[test]
    fn a_name_that_no_object_can_have_is_told_apart_by_its_hash() {
        let long = "module.".repeat(30);
        let [one, other] = ["one", "other"].map(|name| object_id(&format!("{long}{name}")));
        assert_eq!((one.chars().count(), other.chars().count()), (128, 128));
        assert!(one != other && one.contains("module.one-"), "{one} {other}");
        // The second characters are letters to Rust, and not to Python.
        assert!(object_id("कि").starts_with("---"), "{}", object_id("कि"));
        assert_ne!(object_id("कि"), object_id("की"));
        assert_eq!((object_id("検索"), object_id("größe.ж_1")), ("検索".to_owned(), "größe.ж_1".to_owned()));
    }

    /// As the Python SDK published it.
    #[test]
    fn the_digest_of_an_op_is_that_of_its_file() {
        let of = |file| digest::of_object(&value(file));
        assert_eq!(of("W4Xth5dG503pKa3JSFXTUTnDEwHM6lrfdrlMrUowz9Y"), "PVQSzHetdnJE9r9GKzjqpmGFrBv6nOiQY5zEyxMJXEE");
        assert_eq!(of("6E3p3rEJyNft6EKIFCYcTXxzak1IEScZEkcrZCTnUqs"), "qsE0NmrZSevn5XTes72ik089hMjqfsJDKJdg9wsJ5M0");
    }
}
