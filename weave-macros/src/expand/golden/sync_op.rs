/// Adds.
#[must_use]
pub fn add(a: i32, b: &str) -> Result<impl Display, ParseIntError> {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::Op,
                "add",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "hPAMJADXJwHXjmccYfRfN65Q5YkSlOyAlCYl3DwQ4xU",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "# [must_use] pub fn add(a: i32, b: &str) -> Result < impl Display , ParseIntError > { Ok(a + b.parse::<i32>()?) }",
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
            (&&&::weave::__private::Probe(&a))
                .__weave_capture(__weave_inputs.input("\"a\":"));
            (&&&::weave::__private::Probe(&b))
                .__weave_capture(__weave_inputs.input("\"b\":"));
        });
    return ::weave::__private::run_then(
        __weave_call,
        ::weave::__private::hinted(
            match ::core::option::Option::None {
                ::core::option::Option::Some(__weave_ret) => return __weave_ret,
                __weave_absent => __weave_absent,
            },
            move || -> Result<_, ParseIntError> {
                let a = a;
                let b = b;
                ({ Ok(a + b.parse::<i32>()?) })
            },
        ),
        |__weave_seat, __weave_ret| {
            use ::weave::__private::{
                WayFuture as _, WayIterator as _, WayKnown as _, WayStream as _,
                WayValue as _,
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
                        let __weave_split = (&::weave::__private::Probe(__weave_ret))
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
    );
}
