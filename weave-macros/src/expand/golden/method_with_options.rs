pub fn find(&self, key: &Key, #[cfg(feature = "limit")] limit: usize) {
    let __weave_call = {
        static __WEAVE_OP: my::weave::__private::Op = my::weave::__private::Op::new(
                my::weave::__private::Kind::Tool,
                "look up",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            )
            .version(
                "I2wJwYIgSVve0Gd1yvGiiKljLLimTq4OeFzuuINwXkQ",
                {
                    #[cfg(debug_assertions)]
                    {
                        ::core::option::Option::Some(
                            "pub fn find(&self, key: &Key, #[cfg(feature = \"limit\")] limit: usize) { self.rows.scan(key); }",
                        )
                    }
                    #[cfg(not(debug_assertions))] { ::core::option::Option::None }
                },
            )
            .namer(|__weave_record| my::weave::__private::name(
                __weave_record,
                |call| format!("find {}", call.op_name()),
            ))
            .label("search");
        __WEAVE_OP.__weave_op()
    }
        .__weave_start(|__weave_inputs| {
            use my::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            (&&&my::weave::__private::Probe(&*self))
                .__weave_capture(__weave_inputs.input("\"self\":"));
            #[cfg(feature = "limit")]
            (&&&my::weave::__private::Probe(&limit))
                .__weave_capture(__weave_inputs.input("\"limit\":"));
            (&&&my::weave::__private::Probe(&self.rows.len()))
                .__weave_capture(__weave_inputs.input("\"size\":"));
            (&&&my::weave::__private::Probe(&"u1"))
                .__weave_capture(__weave_inputs.attribute("\"user\":"));
            (&&&my::weave::__private::Probe(&self.name))
                .__weave_capture(__weave_inputs.attribute("\"db.name\":"));
            (&&&my::weave::__private::Probe(&1))
                .__weave_capture(__weave_inputs.attribute("\"a.b\":"));
        });
    my::weave::__private::run(
        __weave_call,
        move || -> () {
            let _ = &self;
            let key = key;
            #[cfg(feature = "limit")]
            let limit = limit;
            ({
                self.rows.scan(key);
            })
        },
        |(), __weave_outcome| {
            use my::weave::__private::{
                ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _,
            };
            (&&&my::weave::__private::Probe(&()))
                .__weave_capture(__weave_outcome.output());
        },
    );
}
