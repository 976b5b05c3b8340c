//! Prisma: the client that is generated from a schema, and the engine that this is for.

use anyhow::Result;
use nodejs_semver::{Range, Version};

use super::plan::Planning;
use super::ship::place;
use crate::plan::{Copy, Env};
use crate::repo::{Kind, Repo, join, normal, parent};
use crate::source::Source;
use crate::source::lexer::{Syntax, Token};
use crate::stack::javascript::install::{Install, Step, StepRun};
use crate::stack::javascript::package::Candidate;
use crate::stack::javascript::script;
use crate::stack::javascript::workspace::BUILD;
use crate::verdict::{Halt, Stop};

const CLI: &str = "prisma";
const CLIENT: &str = "@prisma/client";
const GENERATE: &str = "prisma generate";

/// What a variable is set to that is only asked whether it is there.
const PLACEHOLDER: &str = "placeholder";

/// A package with a schema.
struct Schema<'a> {
    one: &'a Candidate,
    generators: Vec<Generator>,
    /// Variables without which its configuration does not load.
    variables: Vec<String>,
}

/// A generator of a client.
#[derive(Debug, Default, PartialEq, Eq)]
struct Generator {
    /// The file of the schema.
    file: String,
    output: Option<String>,
    /// The systems that it fetches engines for, and the line that names them.
    targets: Option<(usize, String)>,
    /// Whether the client does without an engine.
    is_engineless: bool,
}

impl Planning<'_> {
    /// Puts generating a client before all other steps where none of them does it.
    ///
    /// # Errors
    /// A stop where the engine that is fetched is for another system.
    pub(super) fn generate(&self, install: &Install, steps: &mut Vec<Step>) -> Result<(), Halt> {
        let mut first = Vec::new();
        for schema in self.schemas(install)? {
            self.refuse_engines(&schema, install)?;
            if !self.is_hooked(schema.one, install) && !self.is_step(schema.one, install, steps) {
                let run = StepRun::Command(GENERATE.split(' ').map(str::to_owned).collect());
                let up = self.candidate.folder.split('/').filter(|part| !part.is_empty()).map(|_| "..");
                let mut folder: Vec<&str> =
                    if schema.one.folder == self.candidate.folder { Vec::new() } else { up.collect() };
                folder.extend(Some(schema.one.folder.as_str()).filter(|_| !folder.is_empty()));
                first.push(Step { folder: folder.join("/"), env: Vec::new(), run });
            }
        }
        steps.splice(0..0, first);
        Ok(())
    }

    /// Sets the variables that only have to be there for a client to be generated, for the commands
    /// alone that do so.
    pub(super) fn hold_places(&self, install: &mut Install) -> Result<(), Halt> {
        let (mut runs, mut hooked) = (Vec::new(), Vec::new());
        for schema in self.schemas(install)? {
            let running = self.generating(&schema, install);
            runs.extend(running.into_iter().map(|index| (index, schema.variables.clone())));
            if self.is_hooked(schema.one, install) && !install.steps.install.is_empty() {
                hooked.extend(schema.variables.iter().map(|name| format!("{name}={PLACEHOLDER}")));
            }
        }
        for (index, mut names) in runs {
            let Some(run) = install.steps.runs.get_mut(index) else { continue };
            names.retain(|name| run.env.iter().all(|env| env.name != *name));
            run.env.extend(names.into_iter().map(|name| Env::new(name, PLACEHOLDER)));
        }
        hooked.sort();
        hooked.dedup();
        install.steps.install.splice(0..0, hooked);
        Ok(())
    }

    /// The commands of the build that generate a client.
    fn generating(&self, schema: &Schema, install: &Install) -> Vec<usize> {
        let folder = self.request().folder(&schema.one.folder);
        let mut at = install.steps.workdir.as_str();
        let mut found = Vec::new();
        for (index, run) in install.steps.runs.iter().enumerate() {
            if !run.workdir.is_empty() {
                at = &run.workdir;
            }
            let name = run.command.get(install.manager.run.len());
            let is_script = name.is_some_and(|name| self.says(schema.one, name));
            if at == folder && (is_script || script::says(&run.command, GENERATE)) {
                found.push(index);
            }
        }
        found
    }

    /// Copies clients that are generated beside what is shipped.
    pub(super) fn ship_clients(&self, install: &Install, copies: &mut Vec<Copy>) -> Result<(), Halt> {
        for path in self.clients(install)? {
            let to = format!("{}/", place(&path));
            let holds = |copy: &Copy| {
                let mut folders = copy.from.iter().filter(|from| from.ends_with('/'));
                !copy.stage.is_empty() && folders.any(|from| to.starts_with(from))
            };
            if !path.contains("node_modules") && !copies.is_empty() && !copies.iter().any(holds) {
                copies.push(Copy::new(&to, &to));
            }
        }
        Ok(())
    }

    /// Whether a path is in a client that is generated.
    pub(super) fn is_client(&self, install: &Install, path: &str) -> Result<bool> {
        let mut outputs = self.outputs(install)?.into_iter();
        Ok(outputs.any(|output| path.strip_prefix(&output).is_some_and(|rest| rest.starts_with('/'))))
    }

    /// The folders of clients that a compiler does not take along with the sources.
    fn clients(&self, install: &Install) -> Result<Vec<String>> {
        let mut outputs = self.outputs(install)?;
        outputs.retain(|path| !path.starts_with("src/") && !path.contains("/src/"));
        Ok(outputs)
    }

    /// The folders that schemas name for their clients.
    fn outputs(&self, install: &Install) -> Result<Vec<String>> {
        let schemas = self.schemas(install)?;
        let generators = schemas.iter().flat_map(|schema| &schema.generators);
        let paths = generators
            .filter_map(|generator| normal(&join(parent(&generator.file), generator.output.as_ref()?)));
        Ok(paths.collect())
    }

    fn schemas<'b>(&'b self, install: &'b Install) -> Result<Vec<Schema<'b>>> {
        let libraries = install.workspace.shipped(self.candidate);
        let mut found = Vec::new();
        for one in libraries.into_iter().chain([self.candidate]) {
            if one.package.dependency(CLI).is_some()
                && let Some(schema) = schema(self.repo, one)?
            {
                found.push(schema);
            }
        }
        Ok(found)
    }

    /// Whether a script generates the client.
    fn says(&self, one: &Candidate, name: &str) -> bool {
        let commands = script::commands(&one.package, name, &self.facts.knowledge.front);
        commands.into_iter().flatten().any(|command| script::says(&command, GENERATE))
    }

    /// Whether the install itself generates it.
    fn is_hooked(&self, one: &Candidate, install: &Install) -> bool {
        let root = install
            .workspace
            .members
            .iter()
            .copied()
            .filter(|member| member.folder == install.workspace.root);
        let mut all = root.chain([one]);
        all.any(|one| self.facts.knowledge.front.hooks.iter().any(|hook| self.says(one, hook)))
    }

    fn is_step(&self, one: &Candidate, install: &Install, steps: &[Step]) -> bool {
        if one.folder != self.candidate.folder {
            let built = install.workspace.built(self.candidate);
            return built.iter().any(|built| built.folder == one.folder) && self.says(one, BUILD);
        }
        steps.iter().any(|step| match &step.run {
            StepRun::Script { name, .. } => self.says(one, name),
            StepRun::Command(words) => script::says(words, GENERATE),
        })
    }

    /// Refuses engines for systems that the image is not.
    fn refuse_engines(&self, schema: &Schema, install: &Install) -> Result<(), Halt> {
        let known = &self.facts.natives.prisma;
        let fits = |targets: &str| {
            let mut names = targets.split(['"', '[', ']', ',', ' ']);
            targets.contains("env(") || names.any(|name| known.engines.iter().any(|engine| engine == name))
        };
        for generator in schema.generators.iter().filter(|generator| !generator.is_engineless) {
            let Some((line, targets)) = generator.targets.as_ref().filter(|(_, targets)| !fits(targets))
            else {
                continue;
            };
            if self.is_engineless(schema.one, install)? {
                continue;
            }
            let reason = format!(
                "{}:{line} fetches engines of Prisma for other systems than the image: {targets}",
                generator.file
            );
            return Err(Stop::refuse(reason)
                .help("add `\"native\"` to `binaryTargets`: the build has the same system as the image that runs")
                .into());
        }
        Ok(())
    }

    /// Whether the package has a Prisma that is written in TypeScript.
    fn is_engineless(&self, one: &Candidate, install: &Install) -> Result<bool> {
        let first = Version::parse(&self.facts.natives.prisma.engineless)?;
        let lock = self.facts.lock(self.repo, &install.workspace.root)?;
        for name in [CLIENT, CLI] {
            let kinds = ["dependencies", "devDependencies"];
            let Some(range) = kinds.iter().find_map(|kind| one.package.string(&[kind, name])) else {
                continue;
            };
            let locked = lock.as_ref().and_then(|lock| lock.resolved(&one.folder, name, range));
            if let Some(version) = locked.and_then(|locked| Version::parse(&locked.version).ok()) {
                return Ok(version >= first);
            }
            let newer = Range::parse(format!(">={first}"))?;
            return Ok(Range::parse(range).map_or(true, |range| range.allows_any(&newer)));
        }
        Ok(true)
    }
}

/// Files that configure Prisma.
const CONFIGS: &[&str] = &[
    "prisma.config.ts",
    "prisma.config.mts",
    "prisma.config.cts",
    "prisma.config.js",
    "prisma.config.mjs",
    "prisma.config.cjs",
    ".config/prisma.ts",
    ".config/prisma.js",
];

/// Where a schema is that nothing names.
const USUAL: &[&str] = &["prisma/schema.prisma", "schema.prisma", "prisma/schema"];

fn schema<'a>(repo: &Repo, one: &'a Candidate) -> Result<Option<Schema<'a>>> {
    let mut named = one.package.string(&["prisma", "schema"]).map(str::to_owned);
    let mut variables = Vec::new();
    for file in CONFIGS {
        let file = join(&one.folder, file);
        let Some(text) = repo.source(&file)? else { continue };
        let source = Source::new(&file, &text, Syntax::JavaScript);
        named = configured(&source).or(named);
        variables = asked(&source);
        break;
    }
    let paths = named.iter().map(String::as_str).chain(USUAL.iter().copied());
    for path in paths {
        let Some(path) = normal(&join(&one.folder, path)) else { continue };
        let files = match repo.kind(&path)? {
            Some(Kind::File) => vec![path],
            Some(Kind::Folder) => repo.sources(&path, &[".prisma"])?,
            _ => continue,
        };
        let mut generators = Vec::new();
        for file in files {
            generators.extend(generators_of(&file, &repo.source(&file)?.unwrap_or_default()));
        }
        return Ok(Some(Schema { one, generators, variables }));
    }
    Ok(None)
}

/// `schema: "db/schema.prisma"` of a configuration.
fn configured(source: &Source) -> Option<String> {
    (0..source.lexemes.len()).find_map(|at| match source.token(at + 2) {
        Some(Token::Text(path)) if source.is_word(at, &["schema"]) && source.is_sign(at + 1, ':') => {
            Some(path.to_owned())
        }
        _ => None,
    })
}

/// The names of `env("NAME")` and `env<Env>("NAME")`, which Prisma's own function insists on.
fn asked(source: &Source) -> Vec<String> {
    let is_own = source.lexemes.iter().any(|lexeme| lexeme.token == Token::Text("prisma/config"));
    let mut found = Vec::new();
    for at in (0..source.lexemes.len()).filter(|at| is_own && source.is_word(*at, &["env"])) {
        let typed = source.is_sign(at + 1, '<') && source.is_sign(at + 3, '>');
        let open = if typed { at + 4 } else { at + 1 };
        let Some(Token::Text(name)) = source.token(open + 1).filter(|_| source.is_sign(open, '(')) else {
            continue;
        };
        let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if is_plain && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    found
}

/// The generators of clients in a schema.
fn generators_of(file: &str, text: &str) -> Vec<Generator> {
    let mut found = Vec::new();
    let mut open: Option<(Generator, bool)> = None;
    let mut targets: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or(line).trim();
        if let Some((at, mut list)) = targets.take() {
            list.push_str(code);
            targets = Some((at, list));
        } else if code.starts_with("generator ") {
            open = Some((Generator { file: file.to_owned(), ..Generator::default() }, false));
        }
        let Some((generator, is_client)) = &mut open else { continue };
        if let Some((key, value)) = code.split_once('=').filter(|_| targets.is_none()) {
            let plain = value.trim().trim_matches('"');
            match key.trim() {
                "provider" => *is_client = matches!(plain, "prisma-client" | "prisma-client-js"),
                "output" => generator.output = Some(plain.to_owned()),
                "engineType" => generator.is_engineless |= plain == "client",
                "previewFeatures" => generator.is_engineless |= value.contains("queryCompiler"),
                "binaryTargets" => targets = Some((index + 1, value.trim().to_owned())),
                _ => {}
            }
        }
        if targets.as_ref().is_some_and(|(_, list)| list.contains(']') || list.contains(')')) {
            generator.targets = targets.take();
        } else if targets.is_none()
            && code.starts_with('}')
            && let Some((generator, true)) = open.take()
        {
            found.push(generator);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generators_of_clients_are_read() {
        let text = "generator client {\n  provider = \"prisma-client-js\" // the old one\n  output = \"../generated\"\n  binaryTargets = [\n    \"linux-musl\", // Alpine\n    \"rhel-openssl-3.0.x\"\n  ]\n}\n\
            generator docs {\n  provider = \"prisma-docs\"\n  output = \"../docs\"\n}\nmodel A {\n  id Int @id\n}\n\
            generator other {\n  provider = \"prisma-client\"\n  engineType = \"client\"\n}\n";
        let found = generators_of("a.prisma", text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].output.as_deref(), Some("../generated"));
        assert_eq!(found[0].targets, Some((4, "[\"linux-musl\",\"rhel-openssl-3.0.x\"]".to_owned())));
        assert!(found[1].is_engineless && found[1].targets.is_none());
    }

    #[test]
    fn variables_that_a_configuration_insists_on_are_found() {
        let of = |text: &str| asked(&Source::new("prisma.config.ts", text, Syntax::JavaScript));
        let import = "import { defineConfig, env } from 'prisma/config';";
        assert_eq!(of(&format!("{import} x({{ url: env('A'), shadow: env<Env>(\"B\") }})")), ["A", "B"]);
        assert_eq!(of(&format!("{import} x({{ url: process.env.A ?? '' }})")), [""; 0]);
        assert_eq!(of("import { env } from './env'; x(env('A'))"), [""; 0]);
    }
}
