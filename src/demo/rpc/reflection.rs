//! What the desk tells of itself (`grpc/reflection/v1/reflection.proto`): its files as they were compiled, rules
//! and all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use prost_reflect::{DescriptorPool, FileDescriptor};
use serde_json::{Value, json};

use super::desk::{Handler, Messages};

/// The file of the messages, as far as they are used.
pub(super) const FILE: &str = "reflection.proto";
pub(super) const TEXT: &str = r#"
syntax = "proto3";
package grpc.reflection.v1;
message ServerReflectionRequest {
  string host = 1;
  oneof message_request {
    string file_by_filename = 3;
    string file_containing_symbol = 4;
    string list_services = 7;
  }
}
message ServerReflectionResponse {
  oneof message_response {
    FileDescriptorResponse file_descriptor_response = 4;
    ListServiceResponse list_services_response = 6;
    ErrorResponse error_response = 7;
  }
}
message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
message ListServiceResponse { repeated ServiceResponse service = 1; }
message ServiceResponse { string name = 1; }
message ErrorResponse { int32 error_code = 1; string error_message = 2; }
service ServerReflection {
  rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
}
"#;

/// The method.
pub(super) const METHOD: &str = "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/// Answers each question about these files.
pub(super) fn handler(pool: DescriptorPool) -> Handler {
    let answer = move |questions: Messages| -> Messages {
        let pool = pool.clone();
        questions.map(move |question| Ok(told(&pool, &question?))).boxed()
    };
    Handler::Stream(Box::new(answer))
}

fn told(pool: &DescriptorPool, question: &Value) -> Value {
    let text = |name: &str| question.get(name).and_then(Value::as_str);
    let file = if let Some(name) = text("fileByFilename") {
        pool.get_file_by_name(name)
    } else if let Some(symbol) = text("fileContainingSymbol") {
        pool.get_service_by_name(symbol)
            .map(|own| own.parent_file())
            .or_else(|| pool.get_message_by_name(symbol).map(|own| own.parent_file()))
    } else {
        let names = pool.services().map(|service| json!({ "name": service.full_name() }));
        return json!({ "listServicesResponse": { "service": names.collect::<Vec<_>>() } });
    };
    match file {
        Some(file) => {
            json!({ "fileDescriptorResponse": { "fileDescriptorProto": [octets(&file)] } })
        }
        None => {
            json!({ "errorResponse": { "errorCode": 5, "errorMessage": "there is no such file" } })
        }
    }
}

fn octets(file: &FileDescriptor) -> String {
    STANDARD.encode(file.encode_to_vec())
}
