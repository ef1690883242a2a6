//! The desk: what the shop does over gRPC, on the same port. Messages are those of `desk.v1`, which it tells by
//! reflection.
//!
//! # Planted faults
//!
//! | name | the shortest case | what it shows | check |
//! |---|---|---|---|
//! | `unranked` | `Tickets/RankTicket` with a number that no priority has | INTERNAL | `grpc_status` |
//! | `unset` | `Parcels/SendParcel` without an address | INTERNAL | `grpc_status` |
//! | `armless` | `Payments/Pay` in one of three ways | UNKNOWN | `grpc_status` |
//! | `silent` | `Copies/PrintCopies` from a number on | the stream is reset, without a status | `connection_dropped` |
//! | `unpacked` | `Readings/RecordReadings` with numbers that come one by one | INTERNAL | `grpc_status` |
//! | `lenient` | `Coupons/CreateCoupon` above its rule | it is made | `negative_data_rejection` |
//! | `worn` | `Doors/CreateDoor`, `LockDoor` twice, `GetDoor` | INTERNAL from then on | `grpc_status` |
//! | `deadlocked` | `Chats/Chat` with an empty line | nothing is answered any more | `stream_deadlock` |
//! | `late` | `Reports/MakeReport` with a short deadline | an answer long after it | `deadline_ignored` |
//! | `twofaced` | `POST /badges` with a text that the desk has no room for | the desk refuses it | `cross_interface` |
//! | `raced` | `Wallets/CreateWallet`, `SpendCoins` twice at once | both are spent | `serial_equivalence` |

mod codec;
mod desk;
mod faults;
mod health;
mod reflection;

pub use codec::Octets;
pub(crate) use desk::Desk;
pub(super) use faults::planted;
