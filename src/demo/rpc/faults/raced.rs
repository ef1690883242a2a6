//! Two calls that both see what is there before either takes it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tonic::Status;

use super::super::super::dice::Dice;
use super::super::super::faults::{Planted, history, twins};
use super::super::super::service::Service;
use super::super::desk::{Ended, Handler, at_once, unary};
use super::{Fault, call, missing, named, refused, upon};

/// How long it takes to look up what is there.
const LOOKED_UP: Duration = Duration::from_millis(2);

const CREATE: &str = "Wallets/CreateWallet";
const GET: &str = "Wallets/GetWallet";
const SPEND: &str = "Wallets/SpendCoins";

/// Wallets, from which more can be spent than is in them.
#[derive(Clone, Debug)]
pub(super) struct Raced {
    healthy: bool,
    /// What is in a new one.
    coins: i64,
    wallets: Arc<Mutex<HashMap<String, i64>>>,
}

impl Raced {
    pub(super) fn new(dice: Dice, healthy: bool) -> Self {
        Self { healthy, coins: dice.within("raced coins", 20, 400), wallets: Arc::default() }
    }

    fn wallets(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.wallets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self) -> Value {
        let mut wallets = self.wallets();
        let id = format!("wallet-{:06x}", (wallets.len() as u64 + 1) * 0x4_9d31 % 0xff_ffff);
        wallets.insert(id.clone(), self.coins);
        json!({ "id": id, "coins": self.coins })
    }

    fn get(&self, message: &Value) -> Result<Value, Ended> {
        let id = message["id"].as_str().unwrap_or_default();
        let coins = self.wallets().get(id).copied().ok_or_else(missing)?;
        Ok(json!({ "id": id, "coins": coins }))
    }

    async fn spend(self, message: Value) -> Result<Value, Ended> {
        let id = message["id"].as_str().unwrap_or_default();
        let coins = message["coins"].as_i64().unwrap_or_default();
        if coins < 1 {
            return Err(refused("spend at least one"));
        }
        let too_few = || Ended::from(Status::failed_precondition("there are not so many coins"));
        let seen = self.wallets().get(id).copied().ok_or_else(missing)?;
        if coins > seen {
            return Err(too_few());
        }
        tokio::time::sleep(LOOKED_UP).await;
        let mut wallets = self.wallets();
        let left = wallets.get_mut(id).ok_or_else(missing)?;
        if self.healthy && coins > *left {
            return Err(too_few());
        }
        *left -= coins;
        Ok(json!({ "id": id, "coins": *left }))
    }
}

impl Fault for Raced {
    fn proto(&self) -> String {
        "message CreateWalletRequest {}
         message GetWalletRequest { string id = 1; }
         message SpendCoinsRequest { int32 coins = 1 [(buf.validate.field).int32.gte = 1]; string id = 2; }
         message Wallet { string id = 1; int32 coins = 2; }
         service Wallets {
           rpc CreateWallet(CreateWalletRequest) returns (Wallet);
           rpc GetWallet(GetWalletRequest) returns (Wallet);
           rpc SpendCoins(SpendCoinsRequest) returns (Wallet);
         }
        "
        .to_owned()
    }

    fn methods(&self, _: &Arc<Service>) -> Vec<(&'static str, Handler)> {
        let (create, get, spend) = (self.clone(), self.clone(), self.clone());
        vec![
            (CREATE, unary(move |_| at_once(Ok(create.create())))),
            (GET, unary(move |asked| at_once(get.get(&asked.message)))),
            (SPEND, unary(move |asked| Box::pin(spend.clone().spend(asked.message)))),
        ]
    }

    fn planted(&self) -> Planted {
        let create = call(CREATE, &json!({}));
        let spend = |coins: i64| upon(SPEND, &json!({ "coins": coins }));
        let least = self.coins / 2 + 1;
        let both = |coins: i64| history(&[create.clone(), twins(&spend(coins))]);
        Planted {
            name: "raced",
            check: "serial_equivalence",
            operation: named(SPEND),
            case: both(least),
            neighbours: vec![
                both(least - 1),
                history(&[create.clone(), spend(least)]),
                history(&[create.clone(), spend(least), spend(least)]),
            ],
        }
    }
}
