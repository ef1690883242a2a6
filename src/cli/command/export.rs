//! `phi-fuzz export`

use super::super::args::{Export, Flags, Language};
use super::super::resolve::Resolved;
use super::super::session::Session;
use super::super::{Error, Exit, memory};
use super::cases;
use crate::case::{Auth, Header};
use crate::corpus::Stored;
use crate::execute::Identities;
use crate::export;
use crate::wire::{Request, grpc};

/// Where the service is, when no one says.
const NOWHERE: &str = "http://localhost";

pub(in crate::cli) fn run(session: &Session, export: &Export) -> Result<Exit, Error> {
    let flags = Flags { folders: export.folders.clone(), ..Flags::default() };
    let resolved = Resolved::new(session, flags)?;
    let stored = match &cases::named(&resolved, std::slice::from_ref(&export.case))?[..] {
        [only] => only.clone(),
        several => {
            let (name, count) = (&export.case, several.len());
            return Err(Error::usage(format!("`{name}` holds {count} cases; name one")));
        }
    };
    let base = base(session, &resolved, export, &stored);
    let identities = Identities { all: resolved.identities.clone(), schemes: Vec::new() };
    let script =
        export::script(&stored.finding, &|auth| shown(&identities, auth)).map_err(|why| {
            Error::usage(format!("{} cannot be said elsewhere: {why}", stored.path.display()))
        })?;
    let is_rpc = script.is_rpc();
    let text = match export.to {
        Language::Grpcurl if is_rpc => export::grpcurl(&script, &base),
        Language::Curl | Language::Http | Language::Hurl if is_rpc => {
            return Err(Error::usage("this case calls gRPC; choose grpcurl or markdown"));
        }
        Language::Curl => export::lines(&script, &base),
        Language::Http => export::http(&script, &base),
        Language::Hurl => export::hurl(&script, &base),
        Language::Markdown => {
            let id = stored.signature().map_or_else(|| stored.id(), |digits| digits.to_string());
            export::markdown(&stored.finding, &script, &base, &id)
        }
        Language::Grpcurl => {
            return Err(Error::usage(
                "grpcurl speaks gRPC only, and this case is REST; choose curl, hurl, http or markdown",
            ));
        }
    };
    session.console.result(&text)?;
    Ok(Exit::WHOLE)
}

/// The address to send to: typed, configured, that of the last run.
fn base(session: &Session, resolved: &Resolved<'_>, export: &Export, stored: &Stored) -> String {
    let service = stored.finding.service();
    let configured = || {
        let services = &session.config.services;
        let named = services.iter().find(|known| known.name.as_deref() == Some(service));
        let own = named.or(services.first().filter(|_| services.len() == 1))?;
        own.rpc.clone().filter(|_| is_rpc(stored)).or_else(|| own.url.clone())
    };
    let remembered = || {
        let all = memory::recall(&resolved.out());
        let own = all.iter().find(|known| known.name == service)?;
        Some(own.rpc.clone().filter(|_| is_rpc(stored)).unwrap_or_else(|| own.url.clone()))
    };
    export.url.clone().or_else(configured).or_else(remembered).unwrap_or_else(|| {
        session
            .console
            .note(&format!("where the service is, is not known; {NOWHERE} stands for it (--url)"));
        NOWHERE.to_owned()
    })
}

/// Whether a case calls gRPC.
fn is_rpc(stored: &Stored) -> bool {
    stored.finding.case.own_calls().any(|call| grpc::is_method(&call.operation))
}

/// The header fields of an identity, names in the places of secrets.
fn shown(identities: &Identities, auth: &Auth) -> Vec<Header> {
    identities.apply(auth, None, &mut Request::default()).unwrap_or_default()
}
