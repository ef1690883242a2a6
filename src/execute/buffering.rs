//! Whether what stands between may hold a request back until it is whole: then its timing proves nothing.

use super::Executor;
use crate::case::{Case, Exchange};
use crate::check::Fingerprint;

/// Why, of a proxy that requests are sent to.
pub const FORWARDED: &str = "requests go through a proxy, which may hold each back until it is whole; \
                             reach the service without it, or by https";

impl Executor {
    /// Why the timing of single calls proves nothing here; `None` where it may.
    pub fn holds_back(&self) -> Option<String> {
        let told = |mark: &String| {
            format!(
                "answers bear `{mark}`, and such a gateway may hold each request back until it is whole; give \
                 the address of the service behind it"
            )
        };
        self.gateway.get()?.as_ref().map(told)
    }

    /// Looks at an answer for the mark of a gateway, once. What answers for a path that is not there need not
    /// stand before those that are.
    pub(super) fn look_for_gateway(&self, exchange: &Exchange) {
        if exchange.status().is_some_and(|status| (200..300).contains(&status)) {
            self.gateway.get_or_init(|| Fingerprint::holds_back(exchange));
        }
    }

    /// Why a case proves nothing here; `None` where it may. Calls at once race through a gateway, too.
    pub(super) fn proves_nothing(&self, case: &Case) -> Option<String> {
        if self.client.is_forwarded() && case.is_bent() {
            return Some(FORWARDED.to_owned());
        }
        let is_bent = case.own_calls().any(|call| !call.perturb.is_empty() || call.has_silence());
        if is_bent { self.holds_back() } else { None }
    }
}
