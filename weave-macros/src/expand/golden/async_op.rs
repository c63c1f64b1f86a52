async fn ask(prompt: String, __arg1: (u8, D), __arg2: D) -> Result<String, Error> {
    return {
        let prompt = prompt;
        let __arg1 = __arg1;
        let __arg2 = __arg2;
        let __weave_call = {
            static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                    ::weave::__private::Kind::Llm,
                    "ask",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                )
                .version(
                    "SjARkIxuuGqKvz2XX1inpC6am4QalA90EHkWCHXfXcc",
                    {
                        #[cfg(debug_assertions)]
                        {
                            ::core::option::Option::Some(
                                "async fn ask(mut prompt: String, (first, _): (u8, D), _: D) -> Result < String , Error > { send(prompt).await }",
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
                let (first, _) = &__arg1;
                (&&&::weave::__private::Probe(&prompt))
                    .__weave_capture(__weave_inputs.input("\"prompt\":"));
                (&&&::weave::__private::Probe(first))
                    .__weave_capture(__weave_inputs.input("\"first\":"));
            });
        ::weave::__private::enter(
            __weave_call,
            async move {
                if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<
                    Result<String, Error>,
                > {
                    return __weave_ret;
                }
                let mut prompt = prompt;
                let __arg1 = __arg1;
                let (first, _) = __arg1;
                let __arg2 = __arg2;
                ({ send(prompt).await })
            },
            |__weave_ret, __weave_outcome| {
                use ::weave::__private::{
                    ErrorDebug as _, ErrorDisplay as _, ErrorType as _, SplitResult as _,
                    SplitValue as _,
                };
                let __weave_split = (&::weave::__private::Probe(__weave_ret))
                    .__weave_split();
                __weave_outcome.skip_output();
                if let ::core::option::Option::Some(__weave_error) = __weave_split.error
                {
                    (&&::weave::__private::Probe(__weave_error))
                        .__weave_error(__weave_outcome.error());
                }
            },
        )
    }
        .await;
}
