use super::short_type_name;

#[test]
fn modules_are_left_out_at_every_depth() {
    let names = [
        ("u8", "u8"),
        ("agent::tools::ToolError", "ToolError"),
        (
            "alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>",
            "Box<dyn Error + Send + Sync>",
        ),
        ("&mut [alloc::string::String; 3]", "&mut [String; 3]"),
        ("(std::io::error::Error, &'static str)", "(Error, &'static str)"),
        ("fn(a::B) -> core::option::Option<c::D>", "fn(B) -> Option<D>"),
        ("<a::B as c::Trait>::Output", "<B as Trait>::Output"),
        ("größe::Maß", "Maß"),
    ];
    for (full, short) in names {
        assert_eq!(short_type_name(full), short);
    }
}

#[test]
fn closures_keep_the_name_of_their_function() {
    assert_eq!(short_type_name("agent::main::{{closure}}"), "main::{{closure}}");
    assert_eq!(short_type_name("agent::run::{{closure}}::{{closure}}"), "run::{{closure}}::{{closure}}");
}

#[test]
fn what_is_no_name_of_a_type_stays_readable() {
    for text in ["", "::", "::::", "panic", "a: b", "é::"] {
        assert!(short_type_name(text).len() <= text.len());
    }
}
