//! A pool of descriptors as a service.

use prost_reflect::{DescriptorPool, ServiceDescriptor};

use super::methods;
use crate::spec::{Index, Service, graph};

/// The service whose methods a pool of descriptors holds: those of these files, or of all.
///
/// # Errors
/// It has no methods to test: a lower-case phrase that follows its name.
pub fn service(pool: &DescriptorPool, files: Option<&[String]>) -> Result<Service, String> {
    let is_own = |service: &ServiceDescriptor| {
        let file = service.parent_file();
        !methods::is_for_tools(service.full_name())
            && files.is_none_or(|files| files.iter().any(|own| own == file.name()))
    };
    let services: Vec<ServiceDescriptor> = pool.services().filter(is_own).collect();
    let operations = methods::operations(&services);
    if operations.is_empty() {
        return Err("holds no service with methods; name the files that define one".to_owned());
    }
    let title = title(&services);
    Ok(Service {
        name: title.replace('.', "-").to_ascii_lowercase(),
        title,
        servers: Vec::new(),
        operations,
        schemes: Vec::new(),
        problems: Vec::new(),
        index: Index::default(),
        dependencies: graph::Dependencies::default(),
    })
}

/// What services are called together: the one's name, or the package that they have in common, without its version.
fn title(services: &[ServiceDescriptor]) -> String {
    if let [only] = services {
        return only.name().to_owned();
    }
    let mut packages = services.iter().map(|service| service.package_name().to_owned());
    let mut common: Vec<String> =
        packages.next().unwrap_or_default().split('.').map(str::to_owned).collect();
    for package in packages {
        let same = common.iter().zip(package.split('.')).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    let is_version = |part: &String| {
        let digits = part.strip_prefix('v').unwrap_or_default();
        digits.starts_with(|char: char| char.is_ascii_digit())
    };
    common.retain(|part| !part.is_empty() && !is_version(part));
    common.pop().unwrap_or_else(|| "service".to_owned())
}
