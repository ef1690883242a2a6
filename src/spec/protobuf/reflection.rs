//! What a service tells of itself by reflection (`grpc/reflection/v1/reflection.proto`; the messages of
//! `v1alpha` are the same on the wire): what to ask it, and what its answers say.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, DynamicMessage, FileDescriptor, MessageDescriptor, Value};
use protox::file::{File, FileResolver};
use protox::{Compiler, Error};

use super::frame::{frame, messages};
use super::{bundled, editions, imports, methods};

/// The methods that tell it, the newest first.
pub const METHODS: [&str; 2] = [
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// The messages, as far as they are used here.
const MESSAGES: &str = r#"
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
"#;

/// The name of the file of [`MESSAGES`].
const FILE: &str = "reflection.proto";

#[derive(Debug)]
struct Messages;

impl FileResolver for Messages {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        if name == FILE {
            File::from_source(name, MESSAGES)
        } else {
            Err(Error::file_not_found(name))
        }
    }
}

/// What is gathered of a service by and by.
#[derive(Debug)]
pub struct Reflection {
    request: MessageDescriptor,
    response: MessageDescriptor,
    /// What is to be asked next.
    open: Vec<Ask>,
    /// What was asked before.
    asked: BTreeSet<Ask>,
    /// The services, as they are told.
    services: Vec<String>,
    /// Why it does not tell some of them.
    untold: Vec<String>,
    /// Files by their names.
    files: BTreeMap<String, Told>,
}

/// Imports by the files that lack them.
type Imports = BTreeMap<String, Vec<String>>;

/// A file that was told.
#[derive(Debug)]
struct Told {
    /// What it is, less the options that nobody knows yet.
    file: FileDescriptorProto,
    /// What it is on the wire, options and all.
    octets: Vec<u8>,
}

/// Something to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ask {
    Services,
    Symbol(String),
    File(String),
}

impl Reflection {
    /// Nothing is known yet.
    ///
    /// # Errors
    /// The messages of reflection cannot be compiled, which would be a fault of this program.
    pub fn new() -> Result<Self, String> {
        let mut compiler = Compiler::with_file_resolver(Messages);
        compiler.open_file(FILE).map_err(|error| error.to_string())?;
        let pool = compiler.descriptor_pool();
        let message = |name: &str| {
            let found = pool.get_message_by_name(&format!("grpc.reflection.v1.{name}"));
            found.ok_or_else(|| format!("{name} is not there"))
        };
        Ok(Self {
            request: message("ServerReflectionRequest")?,
            response: message("ServerReflectionResponse")?,
            open: vec![Ask::Services],
            asked: BTreeSet::new(),
            services: Vec::new(),
            untold: Vec::new(),
            files: BTreeMap::new(),
        })
    }

    /// The body of the next request; `None` once all is known.
    pub fn ask(&self) -> Option<Vec<u8>> {
        let message = |ask: &Ask| {
            let (field, value) = match ask {
                Ask::Services => ("list_services", ""),
                Ask::Symbol(name) => ("file_containing_symbol", &**name),
                Ask::File(name) => ("file_by_filename", &**name),
            };
            let mut message = DynamicMessage::new(self.request.clone());
            message.set_field_by_name(field, Value::String(value.to_owned()));
            frame(&message.encode_to_vec())
        };
        (!self.open.is_empty()).then(|| self.open.iter().flat_map(message).collect())
    }

    /// Takes in the answers to the last request.
    ///
    /// # Errors
    /// They are none, or refuse to tell: a lower-case fragment.
    pub fn told(&mut self, body: &[u8]) -> Result<(), String> {
        let asked = std::mem::take(&mut self.open);
        let answers = messages(body)?;
        if answers.len() != asked.len() {
            return Err(format!("{} answers came to {} questions", answers.len(), asked.len()));
        }
        let mut wanted = Vec::new();
        for (ask, answer) in asked.iter().zip(answers) {
            let answer = DynamicMessage::decode(self.response.clone(), answer)
                .map_err(|error| format!("an answer is no message of reflection: {error}"))?;
            let part = |name: &str| {
                answer.get_field_by_name(name).filter(|_| answer.has_field_by_name(name))
            };
            if let Some(list) = part("list_services_response") {
                self.services = texts(&list, "service", "name");
                let own = self.services.iter().filter(|name| !methods::is_for_tools(name));
                wanted.extend(own.cloned().map(Ask::Symbol));
            } else if let Some(files) = part("file_descriptor_response") {
                wanted.extend(self.add(&files)?);
            } else if let Some(error) = part("error_response") {
                let why = text(&error, "error_message").unwrap_or_default();
                let is_known = matches!(ask, Ask::File(name) if bundled::pool()?.get_file_by_name(name).is_some());
                match ask {
                    Ask::Services => return Err(format!("it does not list its services: {why}")),
                    Ask::Symbol(name) | Ask::File(name) if !is_known => {
                        self.untold.push(format!("it does not tell {name}: {why}"));
                    }
                    _ => {}
                }
            }
        }
        self.asked.extend(asked);
        wanted.retain(|ask| !self.asked.contains(ask));
        wanted.sort();
        wanted.dedup();
        self.open = wanted;
        Ok(())
    }

    /// Takes in files; gives what they import that is not known.
    fn add(&mut self, response: &Value) -> Result<Vec<Ask>, String> {
        let files = response
            .as_message()
            .and_then(|message| message.get_field_by_name("file_descriptor_proto"));
        for file in files.iter().filter_map(|files| files.as_list()).flatten() {
            let octets = file.as_bytes().map(|octets| octets.to_vec()).unwrap_or_default();
            let read = FileDescriptorProto::decode(&octets[..])
                .map_err(|error| format!("it tells a file that is no descriptor: {error}"))?;
            let octets = editions::file(&octets).into_owned();
            self.files.insert(read.name().to_owned(), Told { file: read, octets });
        }
        let imports = self.files.values().flat_map(|told| &told.file.dependency);
        let missing = imports.filter(|import| !self.files.contains_key(*import));
        Ok(missing.cloned().map(Ask::File).collect())
    }

    /// The descriptors of all that was told. What is imported and not told is taken from what is bundled.
    ///
    /// # Errors
    /// A file is missing or makes no sense: a lower-case fragment.
    pub fn pool(&self) -> Result<DescriptorPool, String> {
        // Others may be told all the same.
        if let Some(why) = self.untold.first().filter(|_| self.files.is_empty()) {
            return Err(why.clone());
        }
        let known = bundled::pool()?;
        self.pool_with(&known, &Imports::new()).or_else(|why| {
            let lacking = self.lacking(&known);
            if lacking.is_empty() { Err(why) } else { self.pool_with(&known, &lacking) }
        })
    }

    /// The same, with imports that files lack.
    fn pool_with(
        &self,
        known: &DescriptorPool,
        lacking: &Imports,
    ) -> Result<DescriptorPool, String> {
        let mut pool = DescriptorPool::new();
        for name in self.files.keys() {
            self.insert(name, (known, lacking), &mut pool, &mut Vec::new())?;
        }
        Ok(pool)
    }

    /// What files refer to and do not import.
    fn lacking(&self, known: &DescriptorPool) -> Imports {
        let bundled = known.files().map(|file| file.file_descriptor_proto().clone());
        let mut owners = BTreeMap::new();
        for file in bundled.chain(self.files.values().map(|told| told.file.clone())) {
            let names = imports::defined(&file).into_iter();
            owners.extend(names.map(|own| (own, file.name().to_owned())));
        }
        let lacking = self.files.iter().map(|(name, told)| {
            let mut files = imports::referred(&told.file, &owners);
            files.retain(|file| !told.file.dependency.contains(file));
            (name.clone(), files.into_iter().collect())
        });
        lacking.filter(|(_, files): &(_, Vec<_>)| !files.is_empty()).collect()
    }

    /// Adds a file after what it imports.
    fn insert<'f>(
        &'f self,
        name: &'f str,
        (known, lacking): (&DescriptorPool, &'f Imports),
        pool: &mut DescriptorPool,
        importing: &mut Vec<String>,
    ) -> Result<(), String> {
        if pool.get_file_by_name(name).is_some() {
            return Ok(());
        }
        if importing.iter().any(|own| own == name) {
            return Err(format!("{name} imports what imports it"));
        }
        let bundled = known.get_file_by_name(name).filter(|_| !self.files.contains_key(name));
        let octets = if let Some(file) = bundled {
            // What is bundled is whole.
            for import in file.dependencies() {
                insert_bundled(&import, pool)?;
            }
            file.encode_to_vec()
        } else {
            let told = self
                .files
                .get(name)
                .ok_or_else(|| format!("it does not tell {name}, which others import"))?;
            let more = lacking.get(name).map_or(&[][..], |files| files);
            importing.push(name.to_owned());
            for import in told.file.dependency.iter().chain(more) {
                self.insert(import, (known, lacking), pool, importing)?;
            }
            importing.pop();
            // One file after the other is both as one (encoding, "Last One Wins").
            let more = FileDescriptorProto { dependency: more.to_vec(), ..Default::default() };
            [&told.octets[..], &more.encode_to_vec()].concat()
        };
        pool.decode_file_descriptor_proto(&octets[..])
            .map_err(|error| format!("its file {name} makes no sense: {error}"))
    }
}

/// Adds a file that is bundled after what it imports.
fn insert_bundled(file: &FileDescriptor, pool: &mut DescriptorPool) -> Result<(), String> {
    if pool.get_file_by_name(file.name()).is_some() {
        return Ok(());
    }
    for import in file.dependencies() {
        insert_bundled(&import, pool)?;
    }
    pool.decode_file_descriptor_proto(&file.encode_to_vec()[..]).map_err(|error| error.to_string())
}

/// A field of text of each message of a repeated field.
fn texts(of: &Value, list: &str, field: &str) -> Vec<String> {
    let list = of.as_message().and_then(|message| message.get_field_by_name(list));
    let list = list.as_ref().and_then(|list| list.as_list()).unwrap_or_default();
    list.iter().filter_map(|own| text(own, field)).collect()
}

/// A field of text of a message.
fn text(of: &Value, field: &str) -> Option<String> {
    Some(of.as_message()?.get_field_by_name(field)?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests;
