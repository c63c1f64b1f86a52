/// The weather in a city.
///
/// Today.
fn get_weather(id: &str, city: &str) -> u8 {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::Tool,
                "get_weather",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "PolAkAp3vYBNkcRNhsMUsmFT6t9N4rxL262xqPILTsg",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "fn get_weather(id: &str, city: &str) -> u8 { look_up(city) }",
                        )
                    }
                    #[cfg(not(debug_assertions))] { ::core::option::Option::None }
                },
            )
            .path(&|| ())
            .description("The weather in a city.\n\nToday.");
        __WEAVE_OP.__weave_op()
    }
        .__weave_start(|__weave_inputs| {
            use ::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            (&&&::weave::__private::Probe(&city))
                .__weave_capture(__weave_inputs.input("\"city\":"));
            (&&&::weave::__private::Probe(&id))
                .__weave_capture(__weave_inputs.option("\"call_id\":"));
        });
    return ::weave::__private::run(
        __weave_call,
        move || -> u8 {
            let id = id;
            let city = city;
            let _ = &id;
            ({ look_up(city) })
        },
        |__weave_ret, __weave_outcome| {
            use ::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            use ::weave::__private::{
                ErrorDebug as _, ErrorDisplay as _, ErrorType as _, SplitResult as _,
                SplitValue as _,
            };
            let __weave_split = (&::weave::__private::Probe(__weave_ret))
                .__weave_split();
            if let ::core::option::Option::Some(__weave_value) = __weave_split.value {
                (&&&::weave::__private::Probe(__weave_value))
                    .__weave_capture(__weave_outcome.output());
            }
            if let ::core::option::Option::Some(__weave_error) = __weave_split.error {
                (&&::weave::__private::Probe(__weave_error))
                    .__weave_error(__weave_outcome.error());
            }
        },
    );
}
