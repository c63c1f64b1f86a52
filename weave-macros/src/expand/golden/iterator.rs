fn evens(n: u32) -> impl DoubleEndedIterator<Item = u32> {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::Op,
                "evens",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "m3yH3Y24jkpeag1Z40cltFP3pnXoHHJwZYvXIrxQWEM",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "fn evens(n: u32) -> impl DoubleEndedIterator < Item = u32 > { (0..n).filter(|n| n % 2 == 0) }",
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
            (&&&::weave::__private::Probe(&n))
                .__weave_capture(__weave_inputs.input("\"n\":"));
        });
    return ::weave::__private::run_into(
        __weave_call,
        move || -> _ {
            let n = n;
            ({ (0..n).filter(|n| n % 2 == 0) })
        },
        |__weave_seat, __weave_ret| {
            let __weave_mode = ::weave::__private::Uncollected;
            return ::weave::__private::follow_iterator::<
                u32,
                _,
                _,
                _,
            >(
                __weave_seat,
                __weave_ret,
                __weave_mode,
                |__weave_ret, __weave_outcome| {
                    use ::weave::__private::{
                        ErrorDebug as _, ErrorDisplay as _, ErrorType as _,
                        SplitResult as _, SplitValue as _,
                    };
                    let __weave_split = (&::weave::__private::Probe(__weave_ret))
                        .__weave_split();
                    __weave_outcome.skip_output();
                    if let ::core::option::Option::Some(__weave_error) = __weave_split
                        .error
                    {
                        (&&::weave::__private::Probe(__weave_error))
                            .__weave_error(__weave_outcome.error());
                    }
                },
            );
        },
    );
}
