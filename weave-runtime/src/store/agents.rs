//! What is known of each agent.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::reader::Reader;
use super::spans::{self, Figures, SPAN_COLUMNS, Span, add_once};
use crate::error::Error;
use crate::query::{AgentSummary, Durations};
use crate::record::{Kind, Status, Timestamp};

impl Reader {
    /// All agents, those that were asked last first.
    pub(crate) fn agents(&mut self) -> Result<Vec<AgentSummary>, Error> {
        let found = self.read(|connection, _| {
            // In the order of the rows, in which their calls lie too: the plus keeps SQLite off the index.
            let sql = format!(
                "SELECT {SPAN_COLUMNS} FROM agent_spans a CROSS JOIN calls c ON c.seq = a.call \
                 CROSS JOIN ops o ON o.id = c.op_id WHERE +a.agent IS NOT NULL"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            let mut agents: HashMap<String, Agent> = HashMap::new();
            while let Some(row) = rows.next()? {
                let mut span = spans::span(row)?;
                let Some(name) = span.agent.take() else { continue };
                match agents.entry(name) {
                    Entry::Occupied(mut known) => known.get_mut().add(span),
                    Entry::Vacant(new) => new.insert(Agent::new(span.started_at)).add(span),
                }
            }
            Ok(agents)
        })?;
        let mut agents: Vec<AgentSummary> = found.into_iter().map(|(name, agent)| agent.summary(name)).collect();
        agents.sort_by(|left, right| right.last.cmp(&left.last).then_with(|| left.name.cmp(&right.name)));
        Ok(agents)
    }
}

/// What was seen of one agent so far.
struct Agent {
    versions: Vec<String>,
    invocations: u64,
    failed: u64,
    conversations: HashSet<String>,
    figures: Figures,
    durations: Vec<Duration>,
    first: Timestamp,
    last: Timestamp,
}

impl Agent {
    fn new(seen: Timestamp) -> Self {
        Self {
            versions: Vec::new(),
            invocations: 0,
            failed: 0,
            conversations: HashSet::new(),
            figures: Figures::default(),
            durations: Vec::new(),
            first: seen,
            last: seen,
        }
    }

    fn add(&mut self, span: Span) {
        self.figures.add(&span);
        self.first = self.first.min(span.started_at);
        self.last = self.last.max(span.started_at);
        if matches!(span.kind, Kind::Turn | Kind::SubAgent) {
            self.invocations += 1;
            self.failed += u64::from(span.status == Status::Error);
            self.durations.extend(span.duration());
            span.agent_version.iter().for_each(|version| add_once(&mut self.versions, version));
        }
        self.conversations.extend(span.conversation);
    }

    fn summary(self, name: String) -> AgentSummary {
        AgentSummary {
            name,
            versions: self.versions,
            invocations: self.invocations,
            failed: self.failed,
            conversations: self.conversations.len() as u64,
            llm_calls: self.figures.llm_calls,
            tool_calls: self.figures.tool_calls,
            errors: self.figures.errors,
            usage: self.figures.usage,
            durations: Durations::of(self.durations),
            first: self.first.to_system_time(),
            last: self.last.to_system_time(),
        }
    }
}
