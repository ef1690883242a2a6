//! Files of protobuf, compiled in process, without `protoc`.

use std::path::{Path, PathBuf};

use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{ChainFileResolver, GoogleFileResolver, IncludeFileResolver};

use super::bundled;

/// A root of imports is looked for so many folders above a file.
const HIGHEST: usize = 12;

/// The descriptors of these files and of all that they import, with their options; and what the files themselves
/// are called among them.
///
/// What an import names is looked for in the folders given, then in the folder above each file that most of its
/// imports are found in, then among what is bundled.
///
/// # Errors
/// A file cannot be read or compiled: a lower-case fragment with file, line, and what was searched.
pub fn compile(
    files: &[PathBuf],
    includes: &[PathBuf],
) -> Result<(DescriptorPool, Vec<String>), String> {
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        if has_edition(&text) {
            return Err(format!(
                "{} is written in an edition of protobuf, which cannot be compiled here; give the descriptor set \
                 that `buf build -o service.binpb` or `protoc --include_imports --descriptor_set_out=service.binpb` \
                 writes, or let the service tell it by reflection: grpc://host:port",
                file.display()
            ));
        }
        texts.push((file, text));
    }
    let roots = roots_of(&texts, includes);
    let mut resolver = ChainFileResolver::new();
    for root in &roots {
        resolver.add(IncludeFileResolver::new(root.clone()));
    }
    resolver.add(GoogleFileResolver::new());
    resolver.add(bundled::Resolver(bundled::pool()?));
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    for file in files {
        compiler.open_file(file).map_err(|error| told(&error, &roots))?;
    }
    let own = compiler.files().filter(|file| !file.is_import());
    let names = own.map(|file| file.name().to_owned()).collect();
    Ok((compiler.descriptor_pool(), names))
}

/// All files of protobuf in a folder and below it, in order.
///
/// # Errors
/// A folder cannot be read: a lower-case fragment.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut all = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let unread =
            |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
        for entry in std::fs::read_dir(&folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(unread)?);
            if kind.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "proto") {
                all.push(path);
            }
        }
    }
    all.sort();
    Ok(all)
}

/// What went wrong, where, and what was searched.
fn told(error: &protox::Error, roots: &[PathBuf]) -> String {
    // Written for debugging it says the file and the line.
    let told = format!("{error:?}");
    if !error.is_file_not_found() {
        return told;
    }
    let roots: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
    format!(
        "{told}; searched {} and what is built in; name the folder it is in by -I",
        roots.join(", ")
    )
}

/// The folders that imports are looked for in: those given, then those above files, the highest first, so that each
/// file has one name.
fn roots_of(files: &[(&PathBuf, String)], includes: &[PathBuf]) -> Vec<PathBuf> {
    let mut own: Vec<PathBuf> = Vec::new();
    // What imports nothing stands where others find it.
    let (importing, alone): (Vec<_>, Vec<_>) =
        files.iter().partition(|(_, text)| !imports(text).is_empty());
    for (file, text) in importing.iter().chain(&alone) {
        let is_known = |roots: &[PathBuf]| roots.iter().any(|root| file.starts_with(root));
        if is_known(includes) || imports(text).is_empty() && is_known(&own) {
            continue;
        }
        let root = root_of(file, text);
        if !own.contains(&root) {
            own.push(root);
        }
    }
    own.sort_by_key(|root| root.components().count());
    includes.iter().cloned().chain(own).collect()
}

/// The folder above a file in which most of its imports are found, the nearest of those.
fn root_of(file: &Path, text: &str) -> PathBuf {
    let imports = imports(text);
    let folders: Vec<&Path> = file.ancestors().skip(1).take(HIGHEST).collect();
    let found =
        |folder: &Path| imports.iter().filter(|import| folder.join(import).is_file()).count();
    let best = folders.iter().rev().max_by_key(|folder| found(folder));
    let root = best.map_or_else(PathBuf::new, |best| best.to_path_buf());
    if root.as_os_str().is_empty() { PathBuf::from(".") } else { root }
}

/// What a file imports.
fn imports(text: &str) -> Vec<&str> {
    let statements = text.lines().filter_map(|line| line.trim_start().strip_prefix("import"));
    statements.filter_map(|rest| rest.split('"').nth(1)).collect()
}

/// Whether the first statement of a file names an edition.
fn has_edition(text: &str) -> bool {
    let mut statements = text.lines().map(str::trim_start);
    statements
        .find(|line| !line.is_empty() && !line.starts_with("//"))
        .and_then(|line| line.strip_prefix("edition"))
        .is_some_and(|rest| rest.trim_start().starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    const COMMON: &str = "syntax = \"proto3\";\npackage shop.v1;\nmessage Key { string id = 1; }\n";
    const SHOP: &str = "syntax = \"proto3\";\npackage shop.v1;\nimport \"shop/v1/common.proto\";\n\
        service Shop { rpc Get(Key) returns (Key); }\n";

    #[test]
    fn imports_are_found_from_the_folder_that_most_of_them_are_in() {
        let folder =
            folder(&[("proto/shop/v1/common.proto", COMMON), ("proto/shop/v1/shop.proto", SHOP)]);
        let file = folder.path().join("proto/shop/v1/shop.proto");
        let (pool, names) = compile(&[file], &[]).unwrap();
        assert_eq!(names, ["shop/v1/shop.proto"]);
        assert!(pool.get_service_by_name("shop.v1.Shop").is_some());
        assert!(pool.get_file_by_name("shop/v1/shop.proto").is_some());
        let files = files_in(folder.path()).unwrap();
        assert_eq!(files.len(), 2);
        assert!(compile(&files, &[folder.path().join("proto")]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_told_with_file_and_line_and_what_was_searched() {
        let folder =
            folder(&[("a/shop.proto", SHOP), ("b.proto", "syntax = \"proto3\";\nmessage {\n")]);
        let why = compile(&[folder.path().join("a/shop.proto")], &[]).unwrap_err();
        assert!(why.contains("shop.proto:3:") && why.contains("shop/v1/common.proto"), "{why}");
        assert!(why.contains("searched") && why.contains("-I"), "{why}");
        let why = compile(&[folder.path().join("b.proto")], &[]).unwrap_err();
        assert!(why.contains("b.proto:2:9"), "{why}");
        let why = compile(&[folder.path().join("none.proto")], &[]).unwrap_err();
        assert!(why.contains("none.proto cannot be read"), "{why}");
    }

    #[test]
    fn an_edition_is_refused_with_the_way_out() {
        let folder = folder(&[("e.proto", "// new\n\nedition = \"2023\";\nmessage A {}\n")]);
        let why = compile(&[folder.path().join("e.proto")], &[]).unwrap_err();
        assert!(why.contains("edition") && why.contains("--descriptor_set_out"), "{why}");
    }
}
