use super::{is_placeholder, short_placeholder};

#[test]
fn the_name_of_a_type_is_told_from_markup() {
    for name in
        ["<&a::Client>", "<alloc::vec::Vec<a::B<C>>>", "<dyn core::ops::Fn(&str) -> u8>", "<a::main::{{closure}}>"]
    {
        assert!(is_placeholder(&format!("\"{name}\"")), "{name}");
    }
    for markup in [
        "<YES>",
        "<b>a::b</b>",
        "<br/>",
        "<a><b::c>",
        r#"<a href=\"::\">"#,
        "<think> 3 < 4 :: 5 >",
        "<!-- a\\n-->",
        "yes",
        "<",
        ">",
    ] {
        assert!(!is_placeholder(&format!("\"{markup}\"")), "{markup}");
    }
}

#[test]
fn markup_with_paths_in_it_is_shown_as_it_is() {
    let markup = "\"<code>std::fmt::Debug</code>\"";
    assert_eq!(short_placeholder(markup), markup);
    assert_eq!(short_placeholder("\"<std::fmt::Error>\""), "\"<Error>\"");
}
