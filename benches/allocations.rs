//! `allocations SCENARIO COUNT` makes `COUNT` calls and prints how often each allocates.
//!
//! Apart from `call`, because the allocator that counts has its own cost.

#![expect(clippy::print_stdout, reason = "it is a program")]
#![expect(clippy::panic, reason = "a wrong scenario is a mistake in the script")]

mod scenario;

fn main() {
    scenario::run(|mode, count| {
        let counted = allocation_counter::measure(|| {
            for _ in 0..count {
                scenario::once(mode);
            }
        });
        println!("{:.2} allocations", counted.count_total as f64 / f64::from(count));
    });
}
