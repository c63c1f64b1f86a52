//! Collects the errors of one annotation, so that a user sees them all at once.

use syn::Error;

/// The errors found so far. `finish` is the only way out, so none can be forgotten.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<Error>,
}

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// The value, or nothing once its error is noted.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The value when nothing at all went wrong. There is always an error when there is no value: `keep` noted it.
    pub(crate) fn finish<T>(self, value: Option<T>) -> syn::Result<T> {
        match (self.found, value) {
            (None, Some(value)) => Ok(value),
            (Some(error), _) => Err(error),
            (None, None) => Err(Error::new(proc_macro2::Span::call_site(), "this annotation could not be read")),
        }
    }
}
