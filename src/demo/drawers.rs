//! All that callers make and come back to, kind by kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::dice::Dice;
use super::drawer::{Drawer, Ids};
use super::settling::Settling;

/// An account, and how it is charged.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) stopped: bool,
    pub(crate) mandate: bool,
}

/// How often it is tried to get hold of a lock.
const TRIED: Duration = Duration::from_millis(2);

/// Locks one vault and its journal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks {
    pub(crate) vault: Lock,
    pub(crate) journal: Lock,
}

/// The line to a scale.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) lock: Lock,
    /// Whether something is still in it.
    pub(crate) is_fouled: bool,
}

/// What one call holds at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lock(Arc<AtomicBool>);

/// A lock that is held until this is dropped: also where the caller goes away.
#[derive(Debug)]
pub(crate) struct Held(Lock);

impl Lock {
    /// Takes it, where nobody holds it.
    pub(crate) fn take(&self) -> Option<Held> {
        let was_held = self.0.swap(true, Ordering::Relaxed);
        (!was_held).then(|| Held(self.clone()))
    }

    /// Takes it once nobody holds it.
    pub(crate) async fn taken(&self) -> Held {
        loop {
            if let Some(held) = self.take() {
                return held;
            }
            tokio::time::sleep(TRIED).await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

/// The drawers.
#[derive(Debug)]
pub(crate) struct Drawers {
    /// Whether each is deleted.
    pub(crate) wishlists: Drawer<bool>,
    pub(crate) accounts: Drawer<Account>,
    /// What is in each.
    pub(crate) boxes: Drawer<Vec<Value>>,
    pub(crate) profiles: Drawer,
    pub(crate) playlists: Drawer,
    pub(crate) diaries: Drawer,
    pub(crate) drafts: Drawer,
    /// The cards on each.
    pub(crate) boards: Drawer<Vec<Value>>,
    /// How often each was written.
    pub(crate) documents: Drawer<u64>,
    pub(crate) parcels: Drawer,
    pub(crate) contacts: Drawer,
    pub(crate) labels: Drawer,
    pub(crate) badges: Drawer,
    pub(crate) reminders: Drawer,
    pub(crate) jobs: Drawer<Settling>,
    pub(crate) bookmarks: Drawer,
    pub(crate) settings: Drawer,
    pub(crate) articles: Drawer<Settling>,
    pub(crate) lockers: Drawer,
    pub(crate) purses: Drawer,
    pub(crate) plans: Drawer,
    pub(crate) handles: Drawer,
    /// What is in the cache of each.
    pub(crate) posters: Drawer<Option<Value>>,
    pub(crate) vaults: Drawer<Locks>,
    /// When each was opened.
    pub(crate) sessions: Drawer<Instant>,
    pub(crate) tills: Drawer,
    pub(crate) leaflets: Drawer,
    /// Locks each.
    pub(crate) registers: Drawer<Lock>,
    pub(crate) scales: Drawer<Line>,
    /// The answer to each, and what was asked for, by key.
    pub(crate) charges: Drawer<Value>,
    ticks: u64,
}

impl Drawers {
    /// All empty.
    pub(crate) fn new(dice: Dice) -> Self {
        use Ids::{Codes, Numbers};
        Self {
            wishlists: Drawer::new(dice, "wishlist", Codes),
            accounts: Drawer::new(dice, "account", Codes),
            boxes: Drawer::new(dice, "box", Numbers),
            profiles: Drawer::new(dice, "profile", Numbers),
            playlists: Drawer::new(dice, "playlist", Codes),
            diaries: Drawer::new(dice, "diary", Numbers),
            drafts: Drawer::new(dice, "draft", Codes),
            boards: Drawer::new(dice, "board", Numbers),
            documents: Drawer::new(dice, "document", Numbers),
            parcels: Drawer::new(dice, "parcel", Codes),
            contacts: Drawer::new(dice, "contact", Numbers),
            labels: Drawer::new(dice, "label", Codes),
            badges: Drawer::new(dice, "badge", Codes),
            reminders: Drawer::new(dice, "reminder", Numbers),
            jobs: Drawer::new(dice, "job", Codes),
            bookmarks: Drawer::new(dice, "bookmark", Numbers),
            settings: Drawer::new(dice, "setting", Codes),
            articles: Drawer::new(dice, "article", Codes),
            lockers: Drawer::new(dice, "locker", Numbers),
            purses: Drawer::new(dice, "purse", Codes),
            plans: Drawer::new(dice, "plan", Numbers),
            handles: Drawer::new(dice, "handle", Numbers),
            posters: Drawer::new(dice, "poster", Codes),
            vaults: Drawer::new(dice, "vault", Numbers),
            sessions: Drawer::new(dice, "session", Codes),
            tills: Drawer::new(dice, "till", Numbers),
            leaflets: Drawer::new(dice, "leaflet", Numbers),
            registers: Drawer::new(dice, "register", Codes),
            scales: Drawer::new(dice, "scale", Numbers),
            charges: Drawer::new(dice, "charge", Codes),
            ticks: 0,
        }
    }

    /// A time after all before: how often someone asked.
    pub(crate) fn tick(&mut self) -> u64 {
        self.ticks += 1;
        self.ticks
    }
}
