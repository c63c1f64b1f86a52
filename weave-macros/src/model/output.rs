//! Settles whether there is an output for the option `output` to reshape.

use proc_macro2::Ident;
use syn::Error;

use crate::args::Args;
use crate::errors::Errors;
use crate::returned::{Returned, Shape};

/// Notes what contradicts it.
pub(super) fn check(args: &Args, function: &Ident, shape: Shape, returned: &Returned, errors: &mut Errors) {
    let Some(output) = &args.output else { return };
    let message = if args.skip_output.is_some() {
        "`output` and `skip_output` contradict each other: one says what output to record, the other that there is none; \
         keep one"
            .to_owned()
    } else if args.accumulate.is_some() {
        "`output` and `accumulate` contradict each other: `accumulate` makes the output of the items; reshape there what \
         it makes, or remove it to have `output` reshape each item"
            .to_owned()
    } else if shape == Shape::Guard {
        format!(
            "`output` needs to see what `{function}` returns, which is not seen of functions that are `#[track_caller]` \
             or return closures: remove one"
        )
    } else if matches!(returned, Returned::Never(_)) {
        format!("`output` has nothing to reshape: `{function}` never returns; remove it")
    } else {
        return;
    };
    errors.push(Error::new(output.at, message));
}
