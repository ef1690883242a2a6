//! Whether the desk is open (`grpc/health/v1/health.proto`): it always is.

use serde_json::json;

use super::desk::{Handler, at_once, unary};

/// The file of the messages, as far as they are used.
pub(super) const FILE: &str = "health.proto";
pub(super) const TEXT: &str = r#"
syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse {
  enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
  ServingStatus status = 1;
}
service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
"#;

/// The method.
pub(super) const METHOD: &str = "grpc.health.v1.Health/Check";

pub(super) fn handler() -> Handler {
    unary(|_| at_once(Ok(json!({ "status": "SERVING" }))))
}
