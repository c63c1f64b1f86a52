//! Locks, which are never captured: serde's `Serialize` of a lock waits for it, and the caller may hold it.

use std::any::type_name;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use super::{Probe, Slot};
use crate::value::capture;

/// A lock, or a pointer to one.
///
/// A lock inside a user's own type cannot be seen from here.
pub trait Lock {}

impl<T: ?Sized> Lock for Mutex<T> {}
impl<T: ?Sized> Lock for RwLock<T> {}
impl<L: Lock + ?Sized> Lock for &L {}
impl<L: Lock + ?Sized> Lock for &mut L {}
impl<L: Lock + ?Sized> Lock for Arc<L> {}
impl<L: Lock + ?Sized> Lock for Box<L> {}
impl<L: Lock + ?Sized> Lock for Rc<L> {}
impl<L: Lock> Lock for Option<L> {}
impl<L: Lock> Lock for Vec<L> {}
impl<L: Lock> Lock for [L] {}
impl<L: Lock, const N: usize> Lock for [L; N] {}
impl<L: Lock> Lock for VecDeque<L> {}
impl<K, L: Lock> Lock for BTreeMap<K, L> {}
impl<K, L: Lock, S> Lock for HashMap<K, L, S> {}

/// Names the type of a lock instead of waiting for it.
pub trait ViaLock {
    /// Appends the JSON string `"<std::sync::Mutex<..>>"`.
    fn __weave_capture(self, slot: Slot<'_>);
}

impl<T: Lock + ?Sized> ViaLock for &&&Probe<'_, T> {
    fn __weave_capture(self, slot: Slot<'_>) {
        capture::push_type_name(slot.out, type_name::<T>());
    }
}
