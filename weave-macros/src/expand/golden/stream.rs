async fn ask(prompt: &str) -> Result<impl Stream<Item = Chunk> + use<'_>, Error> {
    return {
        let prompt = prompt;
        let __weave_call = {
            static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                    ::weave::__private::Kind::Llm,
                    "ask",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                )
                .version(
                    "XJHlHmCZ5LK2YvCPWtnEEYEkXB7RFHe3cUaESeEioEs",
                    {
                        #[cfg(debug_assertions)]
                        {
                            ::core::option::Option::Some(
                                "async fn ask(prompt: &str) -> Result < impl Stream < Item = Chunk > + use <'_ >, Error > { send(prompt).await }",
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
                (&&&::weave::__private::Probe(&prompt))
                    .__weave_capture(__weave_inputs.input("\"prompt\":"));
            });
        ::weave::__private::enter_into(
            __weave_call,
            async move {
                if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<
                    Result<_, Error>,
                > {
                    return __weave_ret;
                }
                let prompt = prompt;
                ({ send(prompt).await })
            },
            |__weave_seat, __weave_ret| {
                return ::weave::__private::carry(
                    __weave_seat,
                    __weave_ret,
                    |__weave_seat, __weave_ret| {
                        let __weave_mode = {
                            use ::weave::__private::{
                                FoldTellsLlm as _, FoldTellsNothing as _,
                            };
                            let __weave_mode = {
                                use ::weave::__private::{FoldFits as _, FoldMisfits as _};
                                let __weave_folder = ::weave::__private::fold::<
                                    Chunk,
                                    _,
                                >(Answer::add);
                                __weave_folder.check();
                                __weave_folder.__weave_mode()
                            };
                            (&::weave::__private::Probe(&__weave_mode))
                                .__weave_teller()
                                .of(__weave_mode)
                        };
                        return ::weave::__private::follow_stream::<
                            Chunk,
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
                                let __weave_split = (&::weave::__private::Probe(
                                    __weave_ret,
                                ))
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
                    |__weave_error, __weave_outcome| {
                        use ::weave::__private::{
                            ErrorDebug as _, ErrorDisplay as _, ErrorType as _,
                        };
                        (&&::weave::__private::Probe(__weave_error))
                            .__weave_error(__weave_outcome.error());
                    },
                );
            },
        )
    }
        .await;
}
