fn critic(#[cfg(feature = "critic")] claim: impl AsRef<str>) -> bool {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::SubAgent,
                "critic",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "wLAsvdqWmhkQl9DOnXliWcTRPJobyBehCoAGU0BV8JY",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "fn critic(#[cfg(feature = \"critic\")] claim: impl AsRef<str>) -> bool { judge(claim) }",
                        )
                    }
                    #[cfg(not(debug_assertions))] { ::core::option::Option::None }
                },
            )
            .path(&|| ());
        __WEAVE_OP.__weave_op()
    }
        .__weave_start(|__weave_inputs| {
            use ::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            #[cfg(feature = "critic")]
            (&&&::weave::__private::Probe(&claim))
                .__weave_capture(__weave_inputs.input("\"claim\":"));
            (&&&::weave::__private::Probe("critic"))
                .__weave_capture(__weave_inputs.option("\"agent\":"));
            #[cfg(feature = "critic")]
            (&&&::weave::__private::Probe(::weave::__private::text(&claim)))
                .__weave_capture(__weave_inputs.option("\"user_message\":"));
        });
    return ::weave::__private::run(
        __weave_call,
        move || -> bool {
            #[cfg(feature = "critic")]
            let claim = claim;
            ({ judge(claim) })
        },
        |__weave_ret, __weave_outcome| {
            use ::weave::__private::{
                ErrorDebug as _, ErrorDisplay as _, ErrorType as _, SplitResult as _,
                SplitValue as _,
            };
            let __weave_split = (&::weave::__private::Probe(__weave_ret))
                .__weave_split();
            __weave_outcome.skip_output();
            if let ::core::option::Option::Some(__weave_error) = __weave_split.error {
                (&&::weave::__private::Probe(__weave_error))
                    .__weave_error(__weave_outcome.error());
            }
        },
    );
}
