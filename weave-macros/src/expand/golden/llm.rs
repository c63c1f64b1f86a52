async fn ask(model: &str, history: &[Message]) -> Result<Completion, Error> {
    return {
        let model = model;
        let history = history;
        let __weave_call = {
            static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                    ::weave::__private::Kind::Llm,
                    "ask",
                    ::core::module_path!(),
                    ::core::file!(),
                    ::core::line!(),
                )
                .version(
                    "6Z0xmY0rsOfuMzAPELS9SSuYby0UALW6hf4XzLkAJHo",
                    {
                        #[cfg(debug_assertions)]
                        {
                            ::core::option::Option::Some(
                                "async fn ask(model: &str, history: &[Message]) -> Result < Completion , Error > { send(model, history).await }",
                            )
                        }
                        #[cfg(not(debug_assertions))] { ::core::option::Option::None }
                    },
                )
                .path(&|| ())
                .arguments(&[("messages", "history")]);
            __WEAVE_OP.__weave_op()
        }
            .__weave_start(|__weave_inputs| {
                use ::weave::__private::{
                    ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
                };
                (&&&::weave::__private::Probe(&model))
                    .__weave_capture(__weave_inputs.input("\"model\":"));
                (&&&::weave::__private::Probe(&history))
                    .__weave_capture(__weave_inputs.input("\"history\":"));
                (&&&::weave::__private::Probe(&model))
                    .__weave_capture(__weave_inputs.option("\"model\":"));
                (&&&::weave::__private::Probe(&"openai"))
                    .__weave_capture(__weave_inputs.option("\"provider\":"));
                (&&&::weave::__private::Probe(&0.2))
                    .__weave_capture(__weave_inputs.option("\"temperature\":"));
            });
        ::weave::__private::enter_then(
            __weave_call,
            async move {
                if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<
                    Result<Completion, Error>,
                > {
                    return __weave_ret;
                }
                let model = model;
                let history = history;
                let _ = &model;
                let _ = &history;
                return '__weave_yielded: {
                    if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<
                        Result<Completion, Error>,
                    > {
                        break '__weave_yielded __weave_ret;
                    }
                    ({ send(model, history).await })
                };
            },
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
                                {
                                    use ::weave::__private::{TellsLlm as _, TellsNothing as _};
                                    (&::weave::__private::Probe(__weave_value))
                                        .__weave_llm(__weave_outcome);
                                }
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
        )
    }
        .await;
}
