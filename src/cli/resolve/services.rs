//! Which services are meant, by what was typed, configured and remembered.

use super::super::Error;
use super::super::memory::Remembered;
use super::Resolved;
use crate::config::{Edge, ServiceConfig};
use crate::schema::address;
use crate::spec::Service;
use crate::spec::graph::{self, Own};
use crate::value::nearest;

/// A service as it was named: documents and address are still to be looked at.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Named {
    /// What is configured of it, with what was typed in its place.
    pub(in crate::cli) config: ServiceConfig,
}

impl Resolved<'_> {
    /// The services that are meant by `specs`: documents, or names of configured services. Without
    /// any, all that are configured; without those, those of the last run.
    ///
    /// # Errors
    /// There are none, or an address is for none of them.
    pub(in crate::cli) fn services(
        &self,
        specs: &[String],
        remembered: &[Remembered],
    ) -> Result<Vec<Named>, Error> {
        let configured = &self.session.config.services;
        let by_name = |name: &String| {
            configured.iter().find(|service| service.name.as_ref() == Some(name)).cloned()
        };
        let mut services: Vec<ServiceConfig> = if specs.is_empty() {
            configured.clone()
        } else if let Some(named) = specs.iter().map(by_name).collect::<Option<Vec<_>>>() {
            named
        } else {
            // Documents that are typed take the place of those of the one service there is.
            let usual = match &configured[..] {
                [only] => only.clone(),
                _ => ServiceConfig::default(),
            };
            vec![ServiceConfig { specs: specs.to_vec(), ..usual }]
        };
        if services.is_empty() {
            services = remembered.iter().map(of_memory).collect();
            if !services.is_empty() {
                self.session.console.note("documents and address are those of the last run");
            }
        }
        for url in &self.flags.connect.url {
            set_url(&mut services, url.name.as_deref(), &url.url)?;
        }
        for service in &mut services {
            // A service that tells itself is where it does.
            let told = service.specs.iter().find(|spec| address::is_rpc(spec)).cloned();
            service.rpc = service.rpc.take().or(told);
        }
        for service in &services {
            if service.specs.is_empty() {
                let name = service.name.as_deref().unwrap_or("the service");
                return Err(Error::usage(format!(
                    "{name} has no document; add `spec` to its section, or name one here"
                )));
            }
        }
        if services.is_empty() {
            return Err(Error::usage(
                "no document is named; write phi-fuzz run SPEC --url URL, or add [services.NAME] to \
                 phi-fuzz.toml",
            ));
        }
        Ok(services.into_iter().map(|config| Named { config }).collect())
    }
}

impl Resolved<'_> {
    /// The configured edges of a service. Where several services are configured, an edge that names
    /// no operation of this one is another's.
    ///
    /// # Errors
    /// An end names no operation, or no place of one.
    pub(in crate::cli) fn edges(&self, service: &Service) -> Result<Vec<Own>, Error> {
        let config = &self.session.config;
        let others = config.services.len() > 1;
        let ours = |edge: &&Edge| {
            !others || graph::knows(service, &edge.from) || graph::knows(service, &edge.to)
        };
        let read = |edge: &Edge| {
            Own::read(service, &edge.from, &edge.to, edge.off).map_err(|message| {
                Error::usage(format!("[[edge]] from `{}` to `{}`: {message}", edge.from, edge.to))
            })
        };
        config.edges.iter().filter(ours).map(read).collect()
    }
}

fn of_memory(remembered: &Remembered) -> ServiceConfig {
    ServiceConfig {
        name: Some(remembered.name.clone()),
        specs: remembered.specs.clone(),
        url: Some(remembered.url.clone()).filter(|url| !url.is_empty()),
        rpc: remembered.rpc.clone(),
        ..ServiceConfig::default()
    }
}

/// What an address is of a service, by its scheme.
fn address_of<'s>(service: &'s mut ServiceConfig, url: &str) -> &'s mut Option<String> {
    if address::is_rpc(url) { &mut service.rpc } else { &mut service.url }
}

/// Gives a service its address: the one of that name, or the only one.
fn set_url(services: &mut [ServiceConfig], name: Option<&str>, url: &str) -> Result<(), Error> {
    let names: Vec<String> = services.iter().filter_map(|service| service.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match (name, &mut *services) {
        (None, [only]) => *address_of(only, url) = Some(url.to_owned()),
        // What was typed by name needs no configuration.
        (Some(name), [only]) if only.name.is_none() => {
            only.name = Some(name.to_owned());
            *address_of(only, url) = Some(url.to_owned());
        }
        (None, []) => {}
        (None, _) => {
            return Err(Error::usage(format!(
                "there are several services ({}); say which one has the address: --url NAME={url}",
                names.join(", ")
            )));
        }
        (Some(name), all) => {
            let meant = all.iter_mut().find(|service| service.name.as_deref() == Some(name));
            let meant = meant.ok_or_else(|| {
                let advice = nearest::advice(name, &names);
                Error::usage(format!("no service is called `{name}` (--url); {advice}"))
            })?;
            *address_of(meant, url) = Some(url.to_owned());
        }
    }
    Ok(())
}
