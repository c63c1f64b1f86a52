//! What trees look like.

mod agents;
mod drawing;
mod outline;
mod parts;
mod shape;
