//! `call SCENARIO COUNT` makes `COUNT` calls. `scripts/measure` counts its instructions.

#![expect(clippy::panic, reason = "a wrong scenario is a mistake in the script")]

mod scenario;

fn main() {
    scenario::run(|mode, count| {
        for _ in 0..count {
            scenario::once(mode);
        }
    });
}
