fn answer(session: &Session, model: &str, question: String) -> String {
    let __weave_call = {
        static __WEAVE_OP: ::weave::__private::Op = ::weave::__private::Op::new(
                ::weave::__private::Kind::Turn,
                "answer",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "0i05UTYh5EBYB2gVtyUAr4pydeWrfFO0zT4nGNpI37A",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "fn answer(session: &Session, model: &str, question: String) -> String { reply(question) }",
                        )
                    }
                    #[cfg(not(debug_assertions))] { ::core::option::Option::None }
                },
            )
            .path(&|| ())
            .arguments(&[("user_message", "question")]);
        __WEAVE_OP.__weave_op()
    }
        .__weave_start(|__weave_inputs| {
            use ::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            (&&&::weave::__private::Probe(&session))
                .__weave_capture(__weave_inputs.input("\"session\":"));
            (&&&::weave::__private::Probe(&model))
                .__weave_capture(__weave_inputs.input("\"model\":"));
            (&&&::weave::__private::Probe(&question))
                .__weave_capture(__weave_inputs.input("\"question\":"));
            (&&&::weave::__private::Probe(&"helper"))
                .__weave_capture(__weave_inputs.option("\"agent\":"));
            (&&&::weave::__private::Probe(&(&session.id)))
                .__weave_capture(__weave_inputs.option("\"conversation\":"));
            (&&&::weave::__private::Probe(&model))
                .__weave_capture(__weave_inputs.option("\"model\":"));
        });
    return ::weave::__private::run(
        __weave_call,
        move || -> String {
            let session = session;
            let model = model;
            let question = question;
            let _ = &session;
            let _ = &model;
            ({ reply(question) })
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
