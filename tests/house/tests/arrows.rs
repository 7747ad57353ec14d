//! Arrows run one way: the files of a crate form no circle, and a crate imports only crates of lower layers.
//!
//! The check reads source text: `use` lines and paths in code. A name that a file re-exports (`pub use`) leads to the file that
//! defines it. Tests are left out: a test may know what its subject does not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

use epass_house::root;

/// The crates of `shared/`, lowest first: each imports crates of earlier layers only. Rooms import any of these.
const LAYERS: [&[&str]; 5] = [
    &["cloud", "domain"],
    &["charts", "documents", "files", "machines", "passwords", "pictures", "store", "transfers"],
    &["mail"],
    &["web"],
    &["bon-plan", "dossier", "enrolment", "sortie"],
];

/// A file's place in its crate: `["sortie", "sheet"]` for `src/sortie/sheet.rs`, empty for `src/lib.rs`.
type Module = Vec<String>;

/// What one file says about others.
#[derive(Default)]
struct Source {
    /// What it defines at its top level.
    defined: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths in its code, outside `use` lines.
    paths: Vec<Vec<String>>,
}

/// One leaf of a `use` line.
struct Import {
    path: Vec<String>,
    /// The name that it has here; `*` for all names.
    name: String,
    is_public: bool,
}

/// The files of a crate.
struct Crate(BTreeMap<Module, Source>);

/// What a path leads to.
enum Target {
    Module(Module),
    /// Something that this file defines.
    Item(Module),
}

impl Crate {
    fn read(src: &Path) -> Self {
        let mut files = Vec::new();
        collect(src, &mut files);
        let module = |file: &PathBuf| -> Module {
            let inside = file.strip_prefix(src).expect("the source is here, and compiles").with_extension("");
            let mut names: Module =
                inside.iter().map(|part| part.to_str().expect("the source is here, and compiles").to_owned()).collect();
            if names.last().is_some_and(|last| last == "mod" || last == "lib") {
                names.pop();
            }
            names
        };
        let library = files.iter().filter(|file| **file != src.join("main.rs"));
        Self(
            library
                .map(|file| {
                    (module(file), Source::read(&fs::read_to_string(file).expect("the source is here, and compiles")))
                })
                .collect(),
        )
    }

    /// Where a path that stands in `module` leads, unless out of this crate. `fuel` ends a chain of names that lead to each other.
    fn resolve(&self, module: &Module, path: &[String], fuel: u8) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Target::Module(Module::new()),
            "self" => Target::Module(module.clone()),
            "super" => Target::Module(module.split_last()?.1.to_vec()),
            name => self.look_up(module, name, fuel)?,
        };
        while let (Target::Module(at), Some((next, after))) = (&found, rest.split_first()) {
            found = match next.as_str() {
                "super" => Target::Module(at.split_last()?.1.to_vec()),
                "self" | "*" => return Some(found),
                name => self.look_up(at, name, fuel)?,
            };
            rest = after;
        }
        Some(found)
    }

    /// What a name means in a file.
    fn look_up(&self, module: &Module, name: &str, fuel: u8) -> Option<Target> {
        let fuel = fuel.checked_sub(1)?;
        let source = self.0.get(module)?;
        if source.defined.contains(name) {
            return Some(Target::Item(module.clone()));
        }
        let child = [module.as_slice(), &[name.to_owned()]].concat();
        if self.0.contains_key(&child) {
            return Some(Target::Module(child));
        }
        let mut named = source.imports.iter().filter(|import| import.name == name);
        let mut globs = source.imports.iter().filter(|import| import.name == "*");
        named.find_map(|import| self.resolve(module, &import.path, fuel)).or_else(|| {
            globs.find_map(|glob| match self.resolve(module, &glob.path, fuel)? {
                Target::Module(of) if of != *module => self.look_up(&of, name, fuel),
                Target::Module(_) | Target::Item(_) => None,
            })
        })
    }

    /// The files that a file needs.
    fn needs(&self, module: &Module, source: &Source) -> BTreeSet<Module> {
        let imported = source.imports.iter().filter(|import| !import.is_public).map(|import| &import.path);
        let targets = imported.chain(&source.paths).filter_map(|path| self.resolve(module, path, 16));
        let files = targets.map(|target| match target {
            Target::Module(of) | Target::Item(of) => of,
        });
        files.filter(|file| file != module).collect()
    }

    /// One shortest circle for each file that stands in one, without repeating those files.
    fn circles(&self) -> Vec<Vec<Module>> {
        let arrows: BTreeMap<&Module, BTreeSet<Module>> =
            self.0.iter().map(|(module, source)| (module, self.needs(module, source))).collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for start in self.0.keys() {
            if let Some(circle) = way_back(&arrows, start)
                && !circle.iter().any(|module| seen.contains(module))
            {
                seen.extend(circle.clone());
                circles.push(circle);
            }
        }
        circles
    }
}

/// The shortest way along the arrows from a file to itself.
fn way_back(arrows: &BTreeMap<&Module, BTreeSet<Module>>, start: &Module) -> Option<Vec<Module>> {
    let mut came_from: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for next in arrows.get(at).into_iter().flatten() {
            if next == start {
                let mut way = vec![start.clone(), at.clone()];
                let mut back = at;
                while let Some(before) = came_from.get(back) {
                    way.push((*before).clone());
                    back = before;
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, at);
                queue.push_back(next);
            }
        }
    }
    None
}

impl Source {
    fn read(text: &str) -> Self {
        let tokens = without_tests(&tokens(text));
        let mut source = Self::default();
        let (mut depth, mut at) = (0_usize, 0);
        while at < tokens.len() {
            match tokens[at].as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                // Not `use<'a>`, which names what an `impl Trait` captures.
                "use" if !follows(&tokens, at, "<") => {
                    let end = at
                        + tokens[at..].iter().position(|token| token == ";").expect("the source is here, and compiles");
                    let is_public = at > 0 && matches!(tokens[at - 1].as_str(), "pub" | ")");
                    branch(&tokens[at + 1..end], &[], is_public, &mut source.imports);
                    at = end;
                }
                "struct" | "enum" | "fn" | "const" | "static" | "trait" | "type" if depth == 0 => {
                    source.defined.insert(tokens[at + 1].clone());
                }
                "macro_rules" => {
                    source.defined.insert(tokens[at + 2].clone());
                }
                token if is_name(token) && follows(&tokens, at, "::") => {
                    let mut path = vec![token.to_owned()];
                    while follows(&tokens, at, "::") && tokens.get(at + 2).is_some_and(|next| is_name(next)) {
                        path.push(tokens[at + 2].clone());
                        at += 2;
                    }
                    source.paths.push(path);
                }
                _ => {}
            }
            at += 1;
        }
        source
    }
}

/// The leaves of a `use` tree below `stem`.
fn branch(tokens: &[String], stem: &[String], is_public: bool, leaves: &mut Vec<Import>) {
    let mut path = stem.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "{" => {
                let inside = &tokens[at + 1..tokens.len() - 1];
                for part in split(inside) {
                    branch(part, &path, is_public, leaves);
                }
                return;
            }
            "as" => {
                leaves.push(Import { path, name: tokens[at + 1].clone(), is_public });
                return;
            }
            token => path.push(token.to_owned()),
        }
        at += 1;
    }
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(name) = path.last().cloned() {
        leaves.push(Import { path, name, is_public });
    }
}

/// The parts between the commas that stand in no inner braces.
fn split(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0;
    let is_end = |token: &String| {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && token == ","
    };
    tokens.split(is_end).filter(|part| !part.is_empty()).collect()
}

/// Names and punctuation, without comments and texts.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(length) = text_length(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else {
            let length = if rest.starts_with("::") { 2 } else { first.len_utf8() };
            if !first.is_whitespace() {
                tokens.push(rest[..length].to_owned());
            }
            length
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of the string or character that begins here, quotes included.
fn text_length(rest: &str) -> Option<usize> {
    let raw = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br")).map(|raw| (raw, raw.trim_start_matches('#')));
    if let Some((raw, quoted)) = raw
        && quoted.starts_with('"')
    {
        let hashes = "#".repeat(raw.len() - quoted.len());
        let end = quoted[1..].find(&format!("\"{hashes}")).expect("the source is here, and compiles");
        return Some(rest.len() - quoted.len() + 1 + end + 1 + hashes.len());
    }
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    // `'a` is a lifetime, `'a'` is a character.
    let is_lifetime = quote == '\'' && !rest[1..].starts_with('\\') && rest.chars().nth(2) != Some('\'');
    if is_lifetime {
        return Some(1);
    }
    let mut is_escaped = false;
    let end = rest[1..].find(|c: char| {
        let ends = c == quote && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    Some(end.expect("the source is here, and compiles") + 2)
}

/// The tokens without the items under `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&MARK.map(str::to_owned)) {
            let mut depth = 0_usize;
            loop {
                match tokens[at].as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                let is_end = depth == 0 && matches!(tokens[at].as_str(), "}" | ";");
                at += 1;
                if is_end {
                    break;
                }
            }
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn follows(tokens: &[String], at: usize, wanted: &str) -> bool {
    tokens.get(at + 1).is_some_and(|next| next == wanted)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the source is here, and compiles") {
        let path = entry.expect("the source is here, and compiles").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .expect("the source is here, and compiles")
        .map(|entry| entry.expect("the source is here, and compiles").path())
        .filter(|path| path.is_dir())
        .collect()
}

/// The `src` of every crate of ours, by its folder: `shared/domain`, `functions/partner/till`.
fn crates() -> Vec<(String, PathBuf)> {
    let rooms = inside(&root().join("functions")).into_iter().flat_map(|role| inside(&role));
    let others = ["infra/local", "tests/scenarios"].map(|folder| root().join(folder));
    let folders = inside(&root().join("shared")).into_iter().chain(rooms).chain(others);
    let libraries = folders.filter(|folder| folder.join("src/lib.rs").is_file());
    let name = |folder: &PathBuf| {
        folder
            .strip_prefix(root())
            .expect("the source is here, and compiles")
            .to_str()
            .expect("the source is here, and compiles")
            .to_owned()
    };
    libraries.map(|folder| (name(&folder), folder.join("src"))).collect()
}

#[test]
fn the_files_of_a_crate_form_no_circle() {
    let mut said = Vec::new();
    for (name, src) in crates() {
        let mut files = Crate::read(&src);
        if name.starts_with("functions/") {
            // A room's `lib.rs` lists its routes, and says what its files have in common.
            files.0.remove(&Module::new());
        }
        for circle in files.circles() {
            let names: Vec<String> = circle.iter().map(|module| format!("{}.rs", module.join("/"))).collect();
            said.push(format!("{name}: {}", names.join(" → ")));
        }
    }
    assert!(said.is_empty(), "files that need each other:\n{}", said.join("\n"));
}

#[test]
fn a_crate_imports_crates_of_lower_layers_only() {
    let layer = |name: &str| LAYERS.iter().position(|layer| layer.contains(&name));
    let ours: BTreeSet<String> =
        LAYERS.concat().iter().map(|name| format!("epass_{}", name.replace('-', "_"))).collect();
    for (name, src) in crates() {
        let own = name.strip_prefix("shared/").map_or(Some(LAYERS.len()), layer);
        let Some(own) = own else { continue };
        for source in Crate::read(&src).0.values() {
            let paths = source.imports.iter().map(|import| &import.path).chain(&source.paths);
            for other in paths.filter_map(|path| path.first()).filter(|first| ours.contains(*first)) {
                let imported = layer(&other["epass_".len()..].replace('_', "-")).unwrap();
                assert!(imported < own, "{name} imports {other}");
            }
        }
    }
}
