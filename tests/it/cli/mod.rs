//! The built binary: exit codes, messages, files.

mod again;
mod alone;
mod bad_documents;
mod campaign;
mod committed;
mod config;
mod documents;
mod hooks;
mod known;
mod limits;
mod moods;
mod once;
mod out;
mod restart;
mod rpc;
mod secrets;
mod services;
mod signals;
mod soon;
mod store;
mod time;
mod timing;
mod usage;

use std::path::Path;
use std::process::{Command, Output};

/// A document with a little of everything.
const DOCUMENT: &str = r##"openapi: 3.1.0
info: { title: Small Shop, version: "1" }
servers: [{ url: https://api.shop.example/v1 }]
security: [{ token: [] }]
paths:
  /orders:
    post:
      operationId: createOrder
      tags: [orders]
      parameters:
        - { name: X-Tenant, in: header, required: true, schema: { type: string, maxLength: 8 } }
        - { name: dry, in: query, schema: { type: boolean } }
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [qty]
              additionalProperties: false
              properties: { qty: { type: integer, minimum: 1, maximum: 1000 } }
      responses: { "201": { description: made } }
  /orders/{id}:
    delete:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "204": { description: gone } }
    get:
      parameters: [{ $ref: "#/components/parameters/nowhere" }]
      responses: { "200": { description: one } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
"##;

/// A folder with the binary in it, as far as it can tell.
struct Desk {
    folder: tempfile::TempDir,
}

/// What the binary did.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    /// An empty folder with the document in it.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        desk.write("shop.yaml", DOCUMENT);
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a file")
    }

    /// The binary with these arguments, and with none of the environment that it would listen to.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phi-fuzz"));
        command.args(args).current_dir(self.path());
        for (name, _) in std::env::vars() {
            if name.starts_with("PHI_FUZZ_") || name.to_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs the binary to its end.
    fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().expect("the binary runs").into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |octets| String::from_utf8(octets).expect("UTF-8");
        Self {
            code: output.status.code().expect("an exit code"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Ran {
    /// It ended with this code and said this on standard error.
    fn failed(&self, code: i32, message: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(message), "{message}\n{}", self.err);
        assert_eq!(self.out, "", "an error is no result");
    }

    /// It ended well; gives what it said on standard output.
    fn well(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}
