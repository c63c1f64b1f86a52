//! What trees look like.

mod drawing;
mod outline;
mod parts;
mod shape;
