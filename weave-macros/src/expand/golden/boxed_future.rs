fn later<'a>(&'a self, n: u8) -> BoxFuture<'a, u8> {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::Op,
                "later",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "5HzrNGX4ShlMq9Bxh2Ce4qDzKWdXxUHGsXjNFR9HpFs",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "fn later <'a >(&'a self, n: u8) -> BoxFuture <'a , u8 > { Box::pin(async move { n }) }",
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
            __weave_inputs.type_name::<Self>("\"self\":");
            (&&&::weave::__private::Probe(&n))
                .__weave_capture(__weave_inputs.input("\"n\":"));
        });
    return ::weave::__private::run_then(
        __weave_call,
        move || -> BoxFuture<'a, u8> {
            let _ = &self;
            let n = n;
            ({ Box::pin(async move { n }) })
        },
        |__weave_seat, __weave_ret| {
            use ::weave::__private::{
                WayFuture as _, WayIterator as _, WayKnown as _, WayStream as _,
                WayValue as _,
            };
            let __weave_way = (&&&&::weave::__private::Probe(&__weave_ret))
                .__weave_way();
            return __weave_way
                .conclude_deep(
                    __weave_seat,
                    __weave_ret,
                    |__weave_seat, __weave_ret| {
                        use ::weave::__private::{
                            WayFuture as _, WayIterator as _, WayKnown as _,
                            WayStream as _, WayValue as _,
                        };
                        let __weave_way = (&&&&::weave::__private::Probe(&__weave_ret))
                            .__weave_way();
                        return __weave_way
                            .conclude(
                                __weave_seat,
                                __weave_ret,
                                ::weave::__private::Listed,
                                |__weave_ret, __weave_outcome| {
                                    use ::weave::__private::{
                                        ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
                                    };
                                    use ::weave::__private::{
                                        ErrorDebug as _, ErrorDisplay as _, ErrorType as _,
                                        SplitResult as _, SplitValue as _,
                                    };
                                    let __weave_split = (&::weave::__private::Probe(
                                        __weave_ret,
                                    ))
                                        .__weave_split();
                                    if let ::core::option::Option::Some(__weave_value) = __weave_split
                                        .value
                                    {
                                        (&&&::weave::__private::Probe(__weave_value))
                                            .__weave_capture(__weave_outcome.output());
                                    }
                                    if let ::core::option::Option::Some(__weave_error) = __weave_split
                                        .error
                                    {
                                        (&&::weave::__private::Probe(__weave_error))
                                            .__weave_error(__weave_outcome.error());
                                    }
                                },
                                |__weave_error, __weave_outcome| {
                                    use ::weave::__private::{
                                        ErrorDebug as _, ErrorDisplay as _, ErrorType as _,
                                    };
                                    (&&::weave::__private::Probe(__weave_error))
                                        .__weave_error(__weave_outcome.error());
                                },
                            );
                    },
                    |__weave_error, __weave_outcome| {
                        use ::weave::__private::{
                            ErrorDebug as _, ErrorDisplay as _, ErrorType as _,
                        };
                        (&&::weave::__private::Probe(__weave_error))
                            .__weave_error(__weave_outcome.error());
                    },
                );
        },
    );
}
