//! Turns a start script into the exact argv of a container without shell and npm.

use super::sources::package;
use crate::catalog::{self, NodeProgram};
use crate::evidence::Evidence;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::manifest::shell;
use crate::plan::Env;
use crate::verdict::Stop;

/// How the program is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Arguments of node: its flags, the file, the file's arguments.
    pub argv: Vec<String>,
    pub env: Vec<Env>,
    pub evidence: Evidence,
    /// Scripts that compile and that npm would run just before.
    pub before: Vec<String>,
    pub warnings: Vec<String>,
}

impl Start {
    /// A start without variables or steps of its own.
    pub(super) fn of(argv: Vec<String>, evidence: Evidence) -> Self {
        Start { argv, env: Vec::new(), evidence, before: Vec::new(), warnings: Vec::new() }
    }
}

/// Why a script is no start of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It starts a program for development; named.
    Development(String),
    /// It cannot be taken apart.
    Stop(String),
}

/// What is known while scripts are followed.
pub(super) struct Scripts<'a> {
    pub package: &'a Package,
    pub lock: Option<&'a LockFile>,
    pub knowledge: &'a catalog::Node,
}

/// Words of scripts that compile, for `pre` scripts.
const COMPILERS: &[&str] = &["build", "tsc", "babel", "esbuild", "rollup", "sass", "swc", "tsup", "webpack"];

impl Scripts<'_> {
    /// Follows a script to its node command.
    pub(super) fn start(&self, name: &str) -> Result<Start, Unfit> {
        let mut start = Start {
            argv: Vec::new(),
            env: Vec::new(),
            evidence: self.evidence(name),
            before: Vec::new(),
            warnings: Vec::new(),
        };
        self.follow(name, &[], &mut start, 0)?;
        Ok(start)
    }

    /// Follows a command that the user names.
    pub(super) fn flag(&self, argv: &[String]) -> Result<Start, Unfit> {
        let evidence = Evidence::flag("start", "--start", argv.join(" "));
        let mut start =
            Start { argv: Vec::new(), env: Vec::new(), evidence, before: Vec::new(), warnings: Vec::new() };
        self.command("--start", &argv.join(" "), argv, &mut start, 0)?;
        Ok(start)
    }

    fn evidence(&self, name: &str) -> Evidence {
        self.package.evidence("start", &["scripts", name])
    }

    fn follow(&self, name: &str, more: &[String], start: &mut Start, depth: usize) -> Result<(), Unfit> {
        let Some(script) = self.package.script(name) else {
            return Err(Unfit::Stop(format!("there is no script `{name}`")));
        };
        if depth > 8 {
            return Err(Unfit::Stop(format!("the script `{name}` runs itself")));
        }
        self.before(name, start);
        let quoted = |why: &str| Unfit::Stop(format!("`{name}` needs a shell ({why}): {script}"));
        let mut commands = shell::commands(script).map_err(|why| quoted(&why))?;
        commands.retain(|command| command.first().is_some_and(|word| word != "echo" && word != "clear"));
        let Some(mut command) = commands.pop() else {
            return Err(Unfit::Stop(format!("the script `{name}` starts nothing: {script}")));
        };
        for earlier in commands {
            self.earlier(&earlier, start).map_err(|()| quoted("`&&`"))?;
        }
        command.extend(more.iter().cloned());
        self.command(name, script, &command, start, depth)
    }

    /// A command before the last: a build goes to the build stage, everything else needs a shell.
    fn earlier(&self, command: &[String], start: &mut Start) -> Result<(), ()> {
        match self.run_of(command) {
            Some((script, [])) if COMPILERS.iter().any(|word| script.contains(word)) => {
                start.before.push(script.to_owned());
                Ok(())
            }
            _ => Err(()),
        }
    }

    /// npm runs `preNAME` first: what compiles becomes a build step.
    fn before(&self, name: &str, start: &mut Start) {
        let pre = format!("pre{name}");
        let Some(script) = self.package.script(&pre) else { return };
        let again = shell::commands(script).unwrap_or_default();
        let runs: Option<Vec<&str>> = again.iter().map(|command| Some(self.run_of(command)?.0)).collect();
        if let Some(scripts) = runs.filter(|scripts| !scripts.is_empty()) {
            start.before.extend(scripts.into_iter().map(str::to_owned));
        } else if COMPILERS.iter().any(|word| script.contains(word)) {
            start.before.push(pre);
        } else {
            start.warnings.push(format!("the script `{pre}` is not run in the container: {script}"));
        }
    }

    fn command(
        &self,
        name: &str,
        script: &str,
        command: &[String],
        start: &mut Start,
        depth: usize,
    ) -> Result<(), Unfit> {
        let rest = take_env(command, start);
        let Some((first, rest)) = rest.split_first() else {
            return Err(Unfit::Stop(format!("the script `{name}` starts nothing: {script}")));
        };
        let all: Vec<String> = [std::slice::from_ref(first), rest].concat();
        let elsewhere = ["-w", "--workspace", "--prefix", "-C", "--cwd", "--filter", "workspace"];
        let manager = matches!(first.as_str(), "npm" | "pnpm" | "yarn");
        if manager
            && rest.iter().take_while(|word| *word != "--").any(|word| elsewhere.contains(&word.as_str()))
        {
            return Err(Unfit::Stop(format!(
                "`{name}` runs a script of another package of the repository: {script}"
            )));
        }
        if let Some((script, more)) = self.run_of(&all) {
            return self.follow(script, more, start, depth + 1);
        }
        match first.as_str() {
            "cross-env" | "env" => self.command(name, script, rest, start, depth),
            "exec" => self.command(name, script, rest, start, depth),
            "env-cmd" | "dotenv" | "dotenvx" => {
                start.warnings.push(format!("`{first}` is left out: files of secrets are not in the image; set the variables when it runs"));
                let inner = rest.iter().position(|word| word == "--").map(|at| at + 1);
                let inner =
                    inner.or_else(|| rest.iter().position(|word| word == "node")).unwrap_or(rest.len());
                self.command(name, script, &rest[inner..], start, depth)
            }
            "npx" | "pnpx" => self.program(rest, start),
            "node" | "nodejs" | "/nodejs/bin/node" => node(rest, &self.knowledge.scripts.preloads, start),
            _ => self.program(&all, start),
        }
    }

    /// The script that `npm run x`, `npm start`, `yarn x` or `pnpm x` names, and what it is given.
    fn run_of<'b>(&self, command: &'b [String]) -> Option<(&'b str, &'b [String])> {
        let (manager, rest) = command.split_first()?;
        if !matches!(manager.as_str(), "npm" | "pnpm" | "yarn" | "bun") {
            return None;
        }
        let rest: &[String] = match rest.split_first() {
            Some((verb, rest)) if matches!(verb.as_str(), "run" | "run-script") => rest,
            _ => rest,
        };
        let (script, more) = rest
            .iter()
            .position(|word| !word.starts_with('-'))
            .map(|at| rest.split_at(at))?
            .1
            .split_first()?;
        self.package.script(script)?;
        let more = more.strip_prefix(&["--".to_owned()]).unwrap_or(more);
        Some((script, more))
    }

    /// A program of a package: its JavaScript file, since there are no `.bin` links.
    fn program(&self, command: &[String], start: &mut Start) -> Result<(), Unfit> {
        let Some((name, rest)) = command.split_first() else {
            return Err(Unfit::Stop("the start script names no program".to_owned()));
        };
        let scripts = &self.knowledge.scripts;
        let development = |word: &str, words: &[String]| words.iter().any(|known| known == word);
        if development(name, &scripts.development) {
            return Err(Unfit::Development(name.clone()));
        }
        if let Some(verb) = rest.first().filter(|verb| development(verb, &scripts.development_commands)) {
            return Err(Unfit::Development(format!("{name} {verb}")));
        }
        let Some(known) = self.knowledge.program.iter().find(|program| program.name == *name) else {
            return Err(Unfit::Stop(format!("`{name}` is not known to run a server in the foreground")));
        };
        if !known.verbs.is_empty() && !rest.first().is_some_and(|verb| known.verbs.contains(verb)) {
            return Err(Unfit::Development([vec![name.clone()], rest.to_vec()].concat().join(" ")));
        }
        if known.built {
            start.argv = vec![known.file.clone()];
            return Ok(());
        }
        start.argv = [vec![self.file_of(name, known)?], rest.to_vec()].concat();
        Ok(())
    }

    /// The file behind a program: as the lock file says, else as the catalogue does.
    fn file_of(&self, name: &str, known: &NodeProgram) -> Result<String, Unfit> {
        if let Some((folder, file, locked)) = self.lock.and_then(|lock| lock.program(name)) {
            if locked.dev == Some(true) {
                return Err(Unfit::Development(format!("{name} (a development dependency)")));
            }
            return Ok(format!("{folder}/{}", file.trim_start_matches("./")));
        }
        match self.package.depends("dependencies", &known.package) {
            true => Ok(format!("node_modules/{}/{}", known.package, known.file)),
            false => Err(Unfit::Stop(format!("no production dependency has a program `{name}`"))),
        }
    }
}

/// Takes `NAME=value` words off the front.
fn take_env<'a>(command: &'a [String], start: &mut Start) -> &'a [String] {
    let mut rest = command;
    while let Some((first, more)) = rest.split_first() {
        match first.split_once('=') {
            Some((name, value)) if is_variable(name) => {
                start.env.retain(|env| env.name != name);
                start.env.push(Env::new(name, value));
                rest = more;
            }
            _ => break,
        }
    }
    rest
}

fn is_variable(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The arguments of a `node` command.
fn node(arguments: &[String], preloads: &[String], start: &mut Start) -> Result<(), Unfit> {
    let mut argv: Vec<String> = Vec::new();
    let mut arguments = arguments.iter();
    for word in arguments.by_ref() {
        if word == "--watch" || word.starts_with("--watch-path") || word.starts_with("--inspect") {
            return Err(Unfit::Development(format!("node {word}")));
        }
        if word.starts_with("--env-file") {
            start.warnings.push(format!(
                "`{word}` is left out: files of secrets are not in the image; set the variables when it runs"
            ));
            continue;
        }
        let is_value = argv.last().is_some_and(|before| takes_a_value(before));
        let loaded = if is_value { Some(word.as_str()) } else { preload_of(word) };
        if loaded.and_then(package).is_some_and(|name| preloads.iter().any(|known| known == name)) {
            return Err(Unfit::Development(format!("node with {word}")));
        }
        argv.push(word.clone());
        if !word.starts_with('-') && !is_value {
            break;
        }
    }
    argv.extend(arguments.cloned());
    if !argv.iter().any(|word| !word.starts_with('-')) {
        return Err(Unfit::Stop("the start script runs node without a file".to_owned()));
    }
    start.argv = argv;
    Ok(())
}

/// What words such as `-r x` and `--import=x` have node load first.
pub(super) fn preloads(argv: &[String]) -> impl Iterator<Item = &str> {
    let apart = argv.windows(2).filter(|pair| takes_a_value(&pair[0])).map(|pair| pair[1].as_str());
    apart.chain(argv.iter().filter_map(|word| preload_of(word)))
}

/// What `--import=x` and its like load.
fn preload_of(word: &str) -> Option<&str> {
    let (flag, value) = word.split_once('=')?;
    takes_a_value(flag).then_some(value)
}

/// Whether the word after a flag of node belongs to it.
pub(super) fn takes_a_value(flag: &str) -> bool {
    matches!(
        flag,
        "-r" | "--require" | "--import" | "--loader" | "--experimental-loader" | "-C" | "--conditions"
    )
}

impl Unfit {
    /// The refusal that this ends in when nothing else starts the program.
    pub(super) fn stop(&self) -> Stop {
        match self {
            Unfit::Development(program) => Stop::refuse(format!(
                "the start script runs `{program}`, which is for development"
            ))
            .help("name the production command: `--start 'node dist/server.js'`, or a script `start:prod`"),
            Unfit::Stop(reason) => Stop::refuse(reason.clone()).help(
                "the runtime has neither a shell nor npm; name the command: `--start 'node server.js'`",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = (Vec<String>, Vec<(String, String)>, Vec<String>);

    fn start(scripts: &str) -> Result<Found, Unfit> {
        let text = format!("{{\"dependencies\": {{\"next\": \"1\"}}, \"scripts\": {{{scripts}}}}}");
        let package = Package::parse("package.json", text).unwrap();
        let lock = r#"{"packages": {"node_modules/@remix-run/serve": {"bin": {"remix-serve": "./dist/cli.js"}}, "node_modules/probot": {"bin": {"probot": "p.js"}, "dev": true}}}"#;
        let lock = LockFile::parse("package-lock.json", lock).unwrap();
        let knowledge = catalog::node().unwrap();
        let scripts = Scripts { package: &package, lock: Some(&lock), knowledge: &knowledge };
        let start = scripts.start("start")?;
        let env = start.env.into_iter().map(|env| (env.name, env.value)).collect();
        Ok((start.argv, env, start.before))
    }

    fn argv(script: &str) -> Vec<String> {
        start(&format!("\"start\": {}", serde_json::to_string(script).unwrap())).unwrap().0
    }

    #[test]
    fn node_commands() {
        assert_eq!(argv("node server.js"), ["server.js"]);
        assert_eq!(
            argv("node --import ./a.mjs -r dotenv/config dist/main --flag x"),
            ["--import", "./a.mjs", "-r", "dotenv/config", "dist/main", "--flag", "x"]
        );
        assert_eq!(argv("node --env-file=.env server.js"), ["server.js"]);
        assert_eq!(argv("node babelfish/tsx.js"), ["babelfish/tsx.js"]);
        assert_eq!(argv("node --import=./babel.mjs a.js"), ["--import=./babel.mjs", "a.js"]);
        assert_eq!(argv("echo \"start\" && node server.js"), ["server.js"]);
    }

    #[test]
    fn env_prefixes_become_variables() {
        let (argv, env, _) = start("\"start\": \"cross-env NODE_ENV=production A='b c' node .\"").unwrap();
        assert_eq!(argv, ["."]);
        assert_eq!(env, [("NODE_ENV".into(), "production".into()), ("A".into(), "b c".into())]);
    }

    #[test]
    fn scripts_are_followed() {
        let (argv, _, before) = start(r#""start": "npm run serve -- -p 1", "serve": "node a.js", "prestart": "tsc -p .", "preserve": "echo""#).unwrap();
        assert_eq!(argv, ["a.js", "-p", "1"]);
        assert_eq!(before, ["prestart"]);
        let (_, _, before) =
            start(r#""start": "node a.js", "prestart": "npm run build", "build": "tsc""#).unwrap();
        assert_eq!(before, ["build"]);
        let (argv, _, before) =
            start(r#""start": "npm run build && node dist/a.js", "build": "tsc""#).unwrap();
        assert_eq!((argv, before), (vec!["dist/a.js".to_owned()], vec!["build".to_owned()]));
        let looping = start(r#""start": "npm run a", "a": "npm start""#);
        assert!(matches!(looping, Err(Unfit::Stop(reason)) if reason.contains("runs itself")));
    }

    #[test]
    fn programs_become_files() {
        assert_eq!(argv("remix-serve build"), ["node_modules/@remix-run/serve/dist/cli.js", "build"]);
        assert_eq!(argv("nuxt start"), [".output/server/index.mjs"]);
        assert_eq!(argv("env-cmd -f .env node a.js"), ["a.js"]);
        assert_eq!(argv("next start"), ["node_modules/next/dist/bin/next", "start"]);
    }

    #[test]
    fn development_and_shells_are_refused() {
        let why = |script: &str| {
            start(&format!("\"start\": {}", serde_json::to_string(script).unwrap())).unwrap_err()
        };
        assert_eq!(why("nodemon server.js"), Unfit::Development("nodemon".into()));
        assert_eq!(why("next dev"), Unfit::Development("next dev".into()));
        assert_eq!(why("node --watch x.js"), Unfit::Development("node --watch".into()));
        assert_eq!(why("probot run x"), Unfit::Development("probot (a development dependency)".into()));
        assert_eq!(
            why("node -r ts-node/register a.ts"),
            Unfit::Development("node with ts-node/register".into())
        );
        assert_eq!(why("node --import=tsx a.ts"), Unfit::Development("node with --import=tsx".into()));
        assert_eq!(why("next"), Unfit::Development("next".into()));
        assert_eq!(
            why("pm2 start a.js"),
            Unfit::Stop("`pm2` is not known to run a server in the foreground".into())
        );
        for shell in
            ["node a.js | tee log", "node $FILE", "prisma migrate deploy && node a.js", "node a.js; true"]
        {
            assert!(matches!(why(shell), Unfit::Stop(reason) if reason.contains("needs a shell")), "{shell}");
        }
    }
}
