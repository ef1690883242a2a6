//! A campaign: phases, budgets, workers, learning. Emits events; never prints, never exits.

mod event;

pub use event::{
    Bill, Conclusion, Event, Found, OperationSummary, Phase, Progress, Replay, Summary, Verdict,
};
