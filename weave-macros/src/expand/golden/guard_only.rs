#[track_caller]
fn line(self: Box<Self>, n: u32) -> u32 {
    {
        let __weave_guard = ::weave::__private::guard(
            {
                static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                        ::weave::__private::Kind::Turn,
                        "line",
                        ::core::module_path!(),
                        ::core::file!(),
                        ::core::line!(),
                    )
                    .version(
                        "EDBuFTzCWjsDYjtrl5wxzWlQfvDewX8gK8XlBtBEMCo",
                        {
                            #[cfg(debug_assertions)]
                            {
                                ::core::option::Option::Some(
                                    "# [track_caller] fn line(self: Box<Self>, mut n: u32) -> u32 { n += Location::caller().line(); n }",
                                )
                            }
                            #[cfg(not(debug_assertions))]
                            { ::core::option::Option::None }
                        },
                    )
                    .path(&|| ())
                    .display_name("Turn");
                __WEAVE_OP.__weave_op()
            }
                .__weave_start(|__weave_inputs| {
                    use ::weave::__private::{
                        ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
                    };
                    __weave_inputs.type_name::<Self>("\"self\":");
                    (&&&::weave::__private::Probe(&n))
                        .__weave_capture(__weave_inputs.input("\"n\":"));
                }),
        );
        let mut n = n;
        ({
            n += Location::caller().line();
            n
        })
    }
}
