use super::{object_id, of_path};

#[test]
fn a_method_is_named_by_its_type_and_a_function_by_its_module() {
    let cases = [
        ("app::check", "app", "app.check"),
        ("app::shop::check", "app::shop", "shop.check"),
        ("app::shop::check::{{closure}}", "app::shop", "shop.check"),
        ("app::shop::Cart::buy", "app::shop", "Cart.buy"),
        ("app::Cart<_>::buy", "app", "Cart.buy"),
        ("app::Cart<_, _>::buy::{{closure}}::{{closure}}", "app", "Cart.buy"),
        ("<app::Cart as app::Total>::total", "app", "Cart.total"),
        ("<app::Cart<_> as app::Total<u8>>::total", "app::far", "Cart.total"),
        ("<app::Cart>::total", "app", "Cart.total"),
        ("<&mut app::Cart as app::Total>::total", "app", "Cart.total"),
        ("<dyn app::Cart>::total", "app", "Cart.total"),
        ("app::far::<impl app::shop::Cart>::buy", "app::far", "Cart.buy"),
        ("app::<impl dyn app::Total>::total", "app", "Total.total"),
        ("app::<impl app::Total for alloc::rc::Rc<_>>::total", "app", "Rc.total"),
        ("app::<impl app::Total for alloc::vec::Vec<app::Item<u8>>>::total", "app", "Vec-Item-u8.total"),
        ("app::<impl app::Total for alloc::vec::Vec<app::Thing>>::total", "app", "Vec-Thing.total"),
        ("app::<impl app::Total for fn(u8) -> u8>::total", "app", "fn-u8-u8.total"),
        ("<(app::Cart, u8) as app::Total>::total", "app", "Cart-u8.total"),
        ("<[app::Cart] as app::Total>::total", "app", "Cart.total"),
        ("app::Total::total", "app", "Total.total"),
        ("app::check::inner", "app", "check.inner"),
        ("app::Cart::buy::inner", "app", "Cart.buy.inner"),
        ("<app::check::Local as app::Total>::total", "app", "Local.total"),
        ("app::check::local::inner", "app::local", "local.inner"),
        ("app::check::local::Cart::buy", "app::local", "Cart.buy"),
        ("app::shop::_check__all", "app::shop", "shop._check__all"),
        ("app::shop", "app::shop", "shop"),
        ("", "", ""),
    ];
    for (path, module, expected) in cases {
        assert_eq!(of_path(&format!("{path}::__WEAVE_OP::{{{{closure}}}}"), module), expected, "{path}");
    }
}

#[test]
fn a_path_of_no_known_form_still_has_an_identity() {
    for path in ["<", "::", "<a", "a>b::c", "<impl >", "é::<ü>::ö", "__WEAVE_OP", "<T as ", "(a::b)::c"] {
        of_path(path, "app::shop");
        of_path(path, "");
    }
}

#[test]
fn a_name_becomes_the_id_of_an_object_as_weave_writes_it() {
    let cases = [
        ("my op/with: odd chars", "my-op-with-odd-chars"),
        ("a__b", "a-b"),
        ("a_b", "a_b"),
        ("a.b", "a.b"),
        ("a. b", "a-b"),
        ("_private_", "private"),
        ("-a-", "a"),
        ("..a", "a"),
        ("größe 2", "größe-2"),
        ("", "op"),
        ("🦀 !", "op"),
    ];
    for (name, expected) in cases {
        assert_eq!(object_id(name), expected, "{name:?}");
    }
    assert_eq!(object_id(&"é".repeat(200)), "é".repeat(128));
}
