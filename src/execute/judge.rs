//! Judging a history, with the follow-ups that checks ask for.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::{Connections, Executor};
use crate::case::History;
use crate::check::{Check, Failure, FollowUp, Pace, Surroundings, View};

/// So many follow-ups that have nothing to do with each other are under way at once.
const MOST_APART: usize = 8;

/// What came of judging a history.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// What is wrong.
    pub failures: Vec<Failure>,
    /// The histories of follow-ups, for evidence.
    pub further: Vec<Arc<History>>,
    /// What was missing for a judgement, where anything was.
    pub lacks: Option<String>,
}

impl Judged {
    /// A failure with the history that shows it: that of the follow-up which shows it by itself, else
    /// the one that was judged.
    pub fn shown(&self, judged: &Arc<History>, failure: Failure) -> (Arc<History>, Failure) {
        let alone = failure.further.and_then(|index| self.further.get(index));
        (Arc::clone(alone.unwrap_or(judged)), Failure { further: None, ..failure })
    }
}

impl Executor {
    /// Judges a history by checks that need nothing further.
    pub fn judge_alone(
        &self,
        checks: &[&'static dyn Check],
        history: &History,
        surroundings: &Surroundings,
    ) -> Vec<Failure> {
        let view = View::new(&self.service, history, surroundings);
        checks.iter().flat_map(|check| check.judge(&view, &[])).collect()
    }

    /// Judges a history by one check, its follow-ups sent whatever the occasion.
    pub async fn judge_fully(
        &self,
        check: &'static dyn Check,
        history: &Arc<History>,
        surroundings: &Surroundings,
    ) -> Judged {
        let follow_ups = check.follow_ups(&View::new(&self.service, history, surroundings));
        let run = async |follow_up: FollowUp| {
            let connections =
                if follow_up.fresh_connection { Connections::Fresh } else { Connections::Pooled };
            Arc::new(self.run(&Arc::new(follow_up.case), connections).await)
        };
        let view = || View::new(&self.service, history, surroundings);
        // Where there is time, nothing comes at once with what is to be seen one after the other.
        let may_overlap =
            surroundings.pace != Pace::Usual && check.asks_apart() && self.may_overlap();
        let further = if may_overlap {
            stream::iter(follow_ups).map(run).buffered(MOST_APART).collect().await
        } else {
            let mut further = Vec::with_capacity(follow_ups.len());
            for follow_up in follow_ups {
                further.push(run(follow_up).await);
                if check.is_clear(&view(), &further) {
                    break;
                }
            }
            further
        };
        let view = view();
        let failures = check.judge(&view, &further);
        let lacks = check.lacks(&view, &further);
        drop(view);
        Judged { failures, further, lacks }
    }
}
