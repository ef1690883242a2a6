//! A stack trace in an answer.

use serde_json::json;

use super::super::dice::Dice;
use super::{Fault, Planted, case, number};

const OPERATION: &str = "GET /files/{id}";

const JAVA: &str = "java.lang.ArithmeticException: integer overflow\n\
    \tat java.base/java.lang.Math.toIntExact(Math.java:1371)\n\
    \tat com.example.shop.files.FileStore.open(FileStore.java:88)\n\
    \tat com.example.shop.files.FileController.get(FileController.java:41)";

const PYTHON: &str = "Traceback (most recent call last):\n\
    \x20 File \"/srv/shop/files/store.py\", line 88, in open\n\
    \x20   slot = struct.pack(\">I\", number)\n\
    struct.error: argument out of range";

/// What is said of a file that is not there.
#[derive(Debug)]
pub(crate) struct Leak {
    healthy: bool,
    /// The first number that the store's index cannot hold.
    threshold: i64,
    trace: &'static str,
}

impl Leak {
    pub(crate) fn new(dice: Dice, healthy: bool) -> Self {
        Self {
            healthy,
            threshold: dice.pick("leak threshold", &[1 << 31, 1 << 32]),
            trace: dice.pick("leak trace", &[JAVA, PYTHON]),
        }
    }

    /// The detail of the error.
    pub(crate) fn missing(&self, id: i64) -> String {
        if id >= self.threshold && !self.healthy {
            self.trace.into()
        } else {
            "no such file".into()
        }
    }
}

impl Fault for Leak {
    fn words(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn planted(&self) -> Vec<Planted> {
        let with = |id: i64| case(OPERATION, &json!({ "path": { "id": number(id) } }));
        vec![Planted {
            name: "leak",
            check: "information_leak",
            operation: OPERATION.into(),
            case: with(self.threshold),
            neighbours: vec![with(self.threshold - 1), with(1)],
        }]
    }
}
