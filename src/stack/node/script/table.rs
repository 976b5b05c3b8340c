//! Start scripts, as they are in public repositories, and what becomes of each.

use proptest::prelude::*;

use super::{Before, Place, Run, Scripts, Start, Unfit};
use crate::catalog;
use crate::manifest::lock::LockFile;
use crate::manifest::package::Package;
use crate::repo::{Memory, Repo};

/// The package that every script below is put into as `start`.
const PACKAGE: &str = r##"{
    "main": "app.js",
    "scripts": {
        "build": "tsc -p .", "build:css": "tailwindcss -o a.css", "dev": "nodemon src/index.ts", "serve": "node dist/main.js",
        "preserve": "npm run build", "migrate": "knex migrate:latest", "seed": "ts-node seed.ts", "lint": "eslint .",
        "compile": "babel src -d dist", "build:both": "npm run build && npm run build:css", "watch:css": "sass --watch a b", "watch:js": "tsc -w", "web": "node web.js",
        "api": "node api.js", "build:all": "prisma generate && prisma migrate deploy && tsc", "deploy": "tsc && sequelize db:migrate",
        "loop": "npm run loop", "listens": "node listens", "ping": "npm run pong", "pong": "npm run ping", "checked": "node check.js", "prechecked": "curl x | sh"
    },
    "dependencies": {
        "next": "15", "nuxt": "4", "prisma": "6", "knex": "3", "@remix-run/serve": "2", "@react-router/serve": "7", "fastify-cli": "7",
        "@strapi/strapi": "5", "directus": "11", "@medusajs/cli": "2", "@keystone-6/core": "6", "node-red": "4", "moleculer": "0.14",
        "json-server": "^0.17.4", "vinxi": "0", "@google-cloud/functions-framework": "3", "payload": "3", "micro": "10"
    },
    "devDependencies": { "sequelize-cli": "6", "n8n": "1", "drizzle-kit": "0.31" }
}"##;

/// Rows of a start script and what is made of it: variables and the arguments of node; `<` what is
/// built before, `!` what a release does before, `@` the folder; or why it is no start.
const TABLE: &[(&str, &str)] = &[
    // Node.js itself.
    ("node server.js", "server.js"),
    ("node .", "."),
    ("node ./bin/www", "./bin/www"),
    ("node dist/main --port 80", "dist/main --port 80"),
    ("node server.js;", "server.js"),
    ("exec node server.js", "server.js"),
    ("/nodejs/bin/node server.js", "server.js"),
    (
        "node --max-old-space-size=4096 --import ./a.mjs -r dotenv/config x.js",
        "--max-old-space-size=4096 --import ./a.mjs -r dotenv/config x.js",
    ),
    ("node --env-file=.env server.js", "server.js"),
    ("node --env-file .env server.js", "server.js"),
    ("node src/index.ts", "src/index.ts"),
    ("node $NODE_DEBUG_OPTION server.js", "server.js"),
    ("node server.js --port ${PORT:-3000}", "server.js --port 3000"),
    ("node server.js 2>&1", "server.js"),
    ("node --run serve", "dist/main.js < build"),
    ("node --env-file .env --run serve", "dist/main.js < build"),
    ("node --run=serve", "dist/main.js < build"),
    ("node --check a.js && node a.js", "a.js"),
    ("PATH=./bin:$PATH node a.js", "a.js"),
    ("./bin/www", "./bin/www"),
    ("./server.js", "./server.js"),
    ("node babelfish/tsx.js", "babelfish/tsx.js"),
    ("node --title next tsx", "--title next tsx"),
    // Variables.
    ("NODE_ENV=production PORT=5000 node app.js", "NODE_ENV=production PORT=5000 app.js"),
    ("cross-env NODE_ENV=production A='b c' node .", "NODE_ENV=production A=b c ."),
    ("cross-env A=1 -- node x.js", "A=1 x.js"),
    ("env TZ=UTC node app.js", "TZ=UTC app.js"),
    ("NODE_ENV=development node app.js", "app.js"),
    ("NODE_OPTIONS='--max-old-space-size=4096' node app.js", "NODE_OPTIONS=--max-old-space-size=4096 app.js"),
    ("set NODE_ENV=production&& node app.js", "NODE_ENV=production app.js"),
    ("SET PORT=8080 & node app.js", "PORT=8080 app.js"),
    ("export HOST=0.0.0.0 && node app.js", "HOST=0.0.0.0 app.js"),
    ("PORT=${PORT:-4000} node app.js", "PORT=4000 app.js"),
    ("PORT=$PORT node app.js", "app.js"),
    ("cross-env-shell A=1 \"npm run build && node app.js\"", "A=1 app.js < build"),
    ("dotenv -e .env.production -- node app.js", "app.js"),
    ("dotenv -e .env next start", "node_modules/next/dist/bin/next start"),
    ("dotenvx run -f .env -- node app.js", "app.js"),
    ("env-cmd -f ./config/.env node app.js", "app.js"),
    ("env-cmd .env node app.js", "app.js"),
    ("doppler run -- node app.js", "app.js"),
    ("PORT=${WEB_PORT:-3001} node app.js", "PORT=3001 app.js"),
    ("API=$OTHER node app.js", "refused: `start` needs a shell (`$OTHER`): API=$OTHER node app.js"),
    ("NODE_OPTIONS='--loader ts-node/esm' node a.ts", "development NODE_OPTIONS=--loader ts-node/esm: a.ts"),
    // Scripts that are followed.
    ("npm run serve -- -p 1", "dist/main.js -p 1 < build"),
    ("yarn serve", "dist/main.js < build"),
    ("yarn run serve", "dist/main.js < build"),
    ("pnpm serve", "dist/main.js < build"),
    ("pnpm run --silent serve", "dist/main.js < build"),
    ("npm run -s serve", "dist/main.js < build"),
    ("bun run serve", "dist/main.js < build"),
    ("yarn node app.js", "app.js"),
    ("npm run build && node dist/a.js", "dist/a.js < build"),
    ("npm run build -- --prod && node dist/a.js", "dist/a.js < build --prod"),
    ("npm run build:both && node dist/a.js", "dist/a.js < build:both"),
    ("npm run build; node dist/a.js", "dist/a.js < build"),
    ("tsc -p . && node dist/a.js", "dist/a.js < build"),
    ("tsc && node dist/a.js", "dist/a.js < (tsc)"),
    (
        "rm -rf dist && mkdir -p dist && tsc && cp a.json dist/ && node dist/a.js",
        "dist/a.js < (rm -rf dist) < (mkdir -p dist) < (tsc) < (cp a.json dist/)",
    ),
    ("rimraf dist/* && next build && next start", "node_modules/next/dist/bin/next start < (next build)"),
    ("npm i && npm run lint && node a.js", "a.js"),
    ("npm run checked", "check.js"),
    ("node scripts/build.js && node a.js", "a.js < (node scripts/build.js)"),
    ("run-s build serve", "dist/main.js < build"),
    ("npm-run-all build:* serve", "dist/main.js < build:css < build:both < build:all < build"),
    ("npm-run-all compile -s serve", "dist/main.js < compile < build"),
    ("npm run loop", "refused: the script `loop` runs itself"),
    ("npm run ping", "refused: the script `ping` runs itself"),
    ("npm run absent", "refused: `start` runs the script `absent`, which is not there: npm run absent"),
    ("if-env NODE_ENV=production && npm run serve || npm run dev", "dist/main.js < build"),
    ("cross-env CI=1 npm run build && node a.js", "a.js < CI=1 build"),
    // Steps of a release.
    (
        "prisma migrate deploy && node dist/x.js",
        "dist/x.js ! node_modules/prisma/build/index.js migrate deploy",
    ),
    (
        "npx prisma migrate deploy && npx prisma generate && node x.js",
        "x.js < (prisma generate) ! node_modules/prisma/build/index.js migrate deploy",
    ),
    ("sequelize db:migrate; node app.js", "app.js ! - `sequelize-cli` is a development dependency"),
    (
        "knex migrate:latest && knex seed:run && node .",
        ". ! node_modules/knex/bin/cli.js migrate:latest ! node_modules/knex/bin/cli.js seed:run",
    ),
    ("npm run migrate && node .", ". ! node_modules/knex/bin/cli.js migrate:latest"),
    ("npm run seed && node .", ". ! - `ts-node` compiles it when it runs"),
    ("npm run deploy && node .", ". < (tsc) ! - `sequelize-cli` is a development dependency"),
    (
        "typeorm migration:run -d dist/db.js && node dist/a",
        "dist/a ! - no production dependency has a program `typeorm`",
    ),
    ("drizzle-kit migrate && node dist/a", "dist/a ! - `drizzle-kit` is a development dependency"),
    ("node ace migration:run --force && node bin/server.js", "bin/server.js ! ace migration:run --force"),
    ("node scripts/migrate.js && node server.js", "server.js ! scripts/migrate.js"),
    ("tsx scripts/migrate.ts && node server.js", "server.js ! - `tsx` compiles it when it runs"),
    (
        "node -r ts-node/register db/seed.ts && node server.js",
        "server.js ! - `node -r ts-node/register` compiles it when it runs",
    ),
    (
        "payload migrate && next start",
        "node_modules/next/dist/bin/next start ! node_modules/payload/bin.js migrate",
    ),
    (
        "directus bootstrap && directus start",
        "node_modules/directus/cli.js start ! node_modules/directus/cli.js bootstrap",
    ),
    ("npm run build:all && node a.js", "a.js < build:all"),
    // What a container does without.
    ("echo \"Listening on $PORT\" && clear && node server.js", "server.js"),
    ("sleep 10 && node server.js", "server.js"),
    ("wait-for-it db:5432 -- node server.js", "server.js"),
    ("wait-on tcp:db:5432 && node server.js", "server.js"),
    ("docker compose up -d && node server.js", "server.js"),
    ("node server.js | pino-pretty", "server.js"),
    ("node server.js | npx pino-pretty -c", "server.js"),
    ("node -v && node server.js", "server.js"),
    // Programs of packages.
    ("next start", "node_modules/next/dist/bin/next start"),
    ("next start -p 4000", "node_modules/next/dist/bin/next start -p 4000"),
    ("next start -p $PORT", "node_modules/next/dist/bin/next start"),
    ("next start --port=${PORT:-4000}", "PORT=4000 node_modules/next/dist/bin/next start"),
    ("next start -p %PORT%", "node_modules/next/dist/bin/next start"),
    ("next start -H ${HOST:-0.0.0.0}", "HOSTNAME=0.0.0.0 node_modules/next/dist/bin/next start"),
    ("npx next start", "node_modules/next/dist/bin/next start"),
    ("npx --no-install next@15 start", "node_modules/next/dist/bin/next start"),
    ("yarn next start", "node_modules/next/dist/bin/next start"),
    ("pnpm exec next start", "node_modules/next/dist/bin/next start"),
    ("npm exec -- next start", "node_modules/next/dist/bin/next start"),
    ("./node_modules/.bin/next start", "node_modules/next/dist/bin/next start"),
    ("node node_modules/.bin/next start", "node_modules/next/dist/bin/next start"),
    (
        "node --inspect=0 node_modules/.bin/next start",
        "development node --inspect: node_modules/.bin/next = node_modules/.bin/next start",
    ),
    (
        "node --no-warnings ./node_modules/next/dist/bin/next start -p $PORT",
        "--no-warnings node_modules/next/dist/bin/next start",
    ),
    ("bunx next start", "node_modules/next/dist/bin/next start"),
    ("nuxt start", ".output/server/index.mjs"),
    ("nuxi preview --port 4000", "PORT=4000 .output/server/index.mjs"),
    ("vinxi start", ".output/server/index.mjs"),
    (
        "remix-serve ./build/server/index.js",
        "node_modules/@remix-run/serve/dist/cli.js ./build/server/index.js",
    ),
    (
        "react-router-serve ./build/server/index.js",
        "node_modules/@react-router/serve/bin.cjs ./build/server/index.js",
    ),
    ("fastify start -l info -p $FASTIFY_PORT app.js", "node_modules/fastify-cli/cli.js start -l info app.js"),
    ("strapi start", "node_modules/@strapi/strapi/bin/strapi.js start"),
    ("medusa start", "node_modules/@medusajs/cli/cli.js start"),
    ("keystone start", "node_modules/@keystone-6/core/bin/cli.js start"),
    ("node-red -s settings.js", "node_modules/node-red/red.js -s settings.js"),
    (
        "moleculer-runner --config x.js services",
        "node_modules/moleculer/bin/moleculer-runner.js --config x.js services",
    ),
    (
        "functions-framework --target=hello --port=$PORT",
        "node_modules/@google-cloud/functions-framework/build/src/main.js --target=hello",
    ),
    (
        "json-server --watch db.json --port 3001",
        "node_modules/json-server/lib/cli/bin.js --watch db.json --port 3001 --host 0.0.0.0",
    ),
    ("n8n start", "node_modules/n8n/bin/n8n start keeps n8n"),
    (
        "probot run ./lib/index.js",
        "refused: `start` runs `probot`, which no dependency of the package has: npm would load it at each start: probot run ./lib/index.js",
    ),
    // Process managers.
    ("pm2 start app.js --name api -i max", "app.js"),
    ("pm2-runtime dist/main.js", "dist/main.js"),
    (
        "pm2-runtime start ecosystem.config.js --env production",
        "--max-old-space-size=512 dist/api.js --quiet",
    ),
    (
        "pm2-runtime start two.config.js",
        "refused: `start` starts what `two.config.js` says, which is not one file with plain words: pm2-runtime start two.config.js",
    ),
    ("pm2-runtime start two.config.js --only b", "b.js"),
    ("pm2 start npm --name x -- run serve", "dist/main.js < build"),
    ("pm2 start \"npm run serve\"", "dist/main.js < build"),
    ("pm2 delete all; pm2 start app.js && pm2 logs", "app.js"),
    ("pm2 start src/a.ts --interpreter ts-node", "development ts-node: src/a.ts"),
    ("forever start -l log.txt app.js --port 1", "app.js --port 1"),
    ("nf start", "web.js --port 5000"),
    ("dumb-init node app.js", "app.js"),
    ("tini -- node app.js", "app.js"),
    ("nohup node app.js &", "app.js"),
    ("sh -c 'npm run build && node app.js'", "app.js < build"),
    // Development.
    ("nodemon server.js", "development nodemon: server.js"),
    ("nodemon", "development nodemon: app.js"),
    (
        "nodemon -r dotenv/config --watch src -e js,ts src/server.js --port 1",
        "development nodemon: src/server.js = -r dotenv/config src/server.js --port 1",
    ),
    ("nodemon --exec 'ts-node -r tsconfig-paths/register' src/index.ts", "development nodemon: src/index.ts"),
    ("npm run dev", "development nodemon: src/index.ts"),
    (
        "NODE_ENV=production ts-node --transpile-only -P tsconfig.prod.json src/index.ts",
        "development ts-node: src/index.ts = NODE_ENV=production src/index.ts",
    ),
    ("tsx watch src/index.ts", "development tsx: src/index.ts"),
    ("ts-node-dev --respawn src/a.ts", "development ts-node-dev: src/a.ts"),
    ("babel-node src/a.js --presets=env", "development babel-node: src/a.js = src/a.js --presets=env"),
    ("vite-node src/a.ts", "development vite-node: src/a.ts"),
    ("tsc-watch --onSuccess \"node dist/a.js\"", "development tsc-watch: dist/a.js"),
    ("node --watch x.js", "development node --watch: x.js"),
    ("node --import tsx src/x.ts", "development node --import tsx: src/x.ts"),
    (
        "node -r ts-node/register -r tsconfig-paths/register src/x.ts",
        "development node -r ts-node/register: src/x.ts",
    ),
    ("node node_modules/tsx/dist/cli.mjs a.ts", "development tsx: a.ts"),
    ("next dev", "development next dev"),
    ("next", "development next"),
    ("nest start --watch", "development nest start: src/main.ts"),
    ("nest start jobs --watch", "development nest start"),
    ("node ace serve --hmr", "development node ace serve"),
    ("astro preview", "development astro preview"),
    ("nx serve web", "development nx serve"),
    ("eleventy --serve", "development eleventy"),
    ("expo start", "development expo start"),
    ("react-scripts start", "development react-scripts start"),
    ("webpack serve --mode development", "development webpack serve"),
    ("fastify start -w app.js", "development fastify start -w app.js"),
    ("tsc -w", "development tsc -w"),
    // Several at once.
    ("concurrently \"npm:watch:*\" \"node server.js\"", "server.js"),
    (
        "concurrently -n a,b -k \"tsc -w\" \"nodemon dist/a.js\"",
        "development tsc -w & nodemon dist/a.js: dist/a.js",
    ),
    ("npm-run-all build -p watch:css serve", "dist/main.js < build"),
    (
        "run-p web api",
        "refused: `start` starts several programs at once (`npm run web`, `npm run api`), and a container runs one: run-p web api",
    ),
    (
        "node a.js & node b.js",
        "refused: `start` starts several programs at once (`node a.js`, `node b.js`), and a container runs one: node a.js & node b.js",
    ),
    // Other packages.
    ("npm start -w apps/api", "elsewhere folder apps/api: start"),
    ("npm start --workspace=@x/api -- --port 1", "elsewhere package @x/api: start --port 1"),
    ("npm --prefix server start", "elsewhere folder server: start"),
    ("npm run --prefix server serve", "elsewhere folder server: serve"),
    ("cd server && npm start", "elsewhere folder server: start"),
    (
        "cd server && NODE_ENV=production node index.js",
        "elsewhere folder server: (NODE_ENV=production node index.js)",
    ),
    ("cd dist && node main.js", "main.js @dist"),
    ("npm run build && cd server && npm start", "elsewhere folder server: start < build"),
    ("cd server && npm run build && cd .. && node a.js", "a.js < server:(npm run build)"),
    (
        "cd server && npm ci && npm run build && cd .. && node a.js",
        "a.js < server:(npm ci) < server:(npm run build)",
    ),
    ("npm install --prefix server && node a.js", "a.js < (npm install --prefix server)"),
    ("cd dist && npm run serve", "dist/main.js < build"),
    ("npm run build --prefix server && node a.js", "a.js < (npm run build --prefix server)"),
    ("pnpm --filter ./apps/server run start:prod", "elsewhere folder apps/server: start:prod"),
    ("pnpm -F @x/web... start", "elsewhere package @x/web: start"),
    ("pnpm -C server start", "elsewhere folder server: start"),
    ("pnpm -r start", "elsewhere all: start"),
    ("pnpm -w start", "elsewhere root: start"),
    ("yarn workspace @x/api start --quiet", "elsewhere package @x/api: start --quiet"),
    ("yarn --cwd server start", "elsewhere folder server: start"),
    ("yarn workspaces foreach -A run start", "elsewhere all: start"),
    ("turbo run start --filter=@x/api", "elsewhere package @x/api: start"),
    ("turbo start", "elsewhere all: start"),
    ("lerna run start --scope @x/api --stream", "elsewhere package @x/api: start"),
    ("lerna exec --scope @x/api -- node a.js", "elsewhere package @x/api: (node a.js)"),
    ("nx run api:start", "elsewhere package api: start"),
    ("bun --filter api start", "elsewhere package api: start"),
    // Servers of files.
    ("serve -s build -l 3000", "files build single :3000"),
    ("npx serve@latest out", "files out"),
    ("serve", "files ."),
    ("react-scripts build && serve -s build", "files build single < (react-scripts build)"),
    ("http-server dist -p 8080 -c-1", "files dist :8080"),
    ("http-server ./dist --proxy http://localhost:8080?", "files ./dist single"),
    ("http-server", "files ."),
    ("sirv build --single --port 5000", "files build single :5000"),
    ("vite preview --host --port 4173", "files ? single :4173"),
    ("gatsby serve", "files public"),
    ("docusaurus serve --dir out", "files out"),
    ("pm2 serve build 3000 --spa", "files build single :3000"),
    (
        "http-server dist -P http://api:80",
        "refused: `start` has `http-server` hand requests on to another server: http-server dist -P http://api:80",
    ),
    // What is not supported, or cannot be taken apart.
    (
        "bun src/index.ts",
        "runtime: `start` runs on Bun, and only Node.js is supported as a runtime: bun src/index.ts",
    ),
    (
        "bun run src/index.ts",
        "runtime: `start` runs on Bun, and only Node.js is supported as a runtime: bun run src/index.ts",
    ),
    (
        "bunx --bun next start",
        "runtime: `start` runs on bun, and only Node.js is supported as a runtime: bunx --bun next start",
    ),
    (
        "deno run -A main.ts",
        "runtime: `start` runs on Deno, and only Node.js is supported as a runtime: deno run -A main.ts",
    ),
    (
        "electron .",
        "refused: `start` starts `electron`, a program with windows, which a container has not: electron .",
    ),
    ("sh start.sh", "refused: `start` runs a script of a shell: sh start.sh"),
    ("./start.sh", "refused: `start` runs a script of a shell: ./start.sh"),
    ("npm run build", "refused: `build` builds and starts nothing: tsc -p ."),
    ("prisma migrate deploy", "refused: `start` starts no server: prisma migrate deploy"),
    ("echo done", "refused: `start` starts nothing: echo done"),
    ("", "refused: `start` starts nothing: "),
    (
        "frobnicate --serve",
        "refused: `start` runs `frobnicate`, which is not known to run a server in the foreground: frobnicate --serve",
    ),
    (
        "python x.py && node a.js",
        "refused: `start` runs `python` before it starts, which cannot be taken apart: python x.py && node a.js",
    ),
    (
        "prisma migrate deploy || true; node a.js",
        "refused: `start` needs a shell (`||`): prisma migrate deploy || true; node a.js",
    ),
    ("node a.js | tee log", "refused: `start` needs a shell (`|`): node a.js | tee log"),
    ("node a.js > log.txt", "refused: `start` needs a shell (`>`): node a.js > log.txt"),
    ("node $FILE", "refused: `start` needs a shell (`$FILE`): node $FILE"),
    ("node a.js $PORT", "refused: `start` needs a shell (`$PORT`): node a.js $PORT"),
    ("next start -p $WEB_PORT", "refused: `start` needs a shell (`$WEB_PORT`): next start -p $WEB_PORT"),
    ("(cd x && npm start)", "refused: `start` needs a shell (`(`): (cd x && npm start)"),
    ("node *.js", "refused: `start` needs a shell (`*`): node *.js"),
    (
        "cp src/*.html dist && node a.js",
        "refused: `start` needs a shell (`*`): cp src/*.html dist && node a.js",
    ),
    ("node 'a.js", "refused: `start` needs a shell (an open quote): node 'a.js"),
    ("node --check a.js", "refused: `start` runs `node --check`, which starts no program: node --check a.js"),
    ("node -c a.js", "refused: `start` runs `node -c`, which starts no program: node -c a.js"),
    ("node --test", "refused: `start` runs `node --test`, which starts no program: node --test"),
    ("node -v", "refused: `start` runs `node -v`, which starts no program: node -v"),
    ("node -p 1", "refused: `start` runs code of the script itself: node -p 1"),
    (
        "node listens.js; node a.js",
        "refused: `start` starts `node listens.js` first, a server, which does not end: node listens.js; node a.js",
    ),
    (
        "node dist/listens.js && node a.js",
        "refused: `start` starts `node dist/listens.js` first, a server, which does not end: node dist/listens.js && node a.js",
    ),
    (
        "run-s listens serve",
        "refused: `listens` starts `node listens` first, a server, which does not end: node listens",
    ),
    ("node bin/www && node a.js", "a.js ! bin/www"),
    ("node", "refused: `start` runs node without a file: node"),
    (
        "node -e \"require('./a')\"",
        "refused: `start` runs code of the script itself: node -e \"require('./a')\"",
    ),
];

fn repo() -> Repo {
    let memory = Memory::new()
        .file("server/package.json", "{}")
        .file("listens.js", "require('express')().listen(3000)")
        .file("src/listens.ts", "const port: number = 1; server.listen(port);")
        .file("bin/www", "#!/usr/bin/env node\nrequire('../app')")
        .file("Procfile", "web: node web.js --port ${PORT:-5000}\nworker: node worker.js")
        .file("ecosystem.config.js", "module.exports = { apps: [{ name: 'api', script: 'dist/api.js', args: '--quiet', node_args: '--max-old-space-size=512', env: { A: 'b' } }] }")
        .file("two.config.js", "module.exports = { apps: [{ name: 'a', script: 'a.js' }, { name: 'b', script: 'b.js' }] }");
    Repo::in_memory(memory)
}

fn package(start: &str) -> Package {
    let start = format!("\"scripts\": {{ \"start\": {},", serde_json::to_string(start).unwrap());
    Package::parse("package.json", PACKAGE.replacen("\"scripts\": {", &start, 1)).unwrap()
}

fn started(package: &Package, lock: Option<&LockFile>) -> Result<Start, Unfit> {
    let knowledge = catalog::node().unwrap();
    Scripts { package, lock, knowledge: &knowledge, repo: repo() }.start("start")
}

fn shown(start: &Start) -> String {
    let env = start.env.iter().map(|env| format!("{}={}", env.name, env.value));
    let mut words: Vec<String> = env.chain(start.argv.iter().cloned()).collect();
    for Before { folder, run, env } in &start.before {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}:") };
        let env: String = env.iter().map(|env| format!("{}={} ", env.name, env.value)).collect();
        words.push(format!("< {env}{folder}{}", ran(run)));
    }
    for step in &start.steps {
        words.push(format!(
            "! {}",
            step.missing.as_ref().map_or(step.argv.join(" "), |why| format!("- {why}"))
        ));
    }
    words.extend((!start.folder.is_empty()).then(|| format!("@{}", start.folder)));
    words.extend(start.keeps.iter().map(|name| format!("keeps {name}")));
    words.join(" ")
}

fn ran(run: &Run) -> String {
    match run {
        Run::Script { name, more } => [vec![name.clone()], more.clone()].concat().join(" "),
        Run::Command(words) => format!("({})", words.join(" ")),
    }
}

fn result(found: Result<Start, Unfit>) -> String {
    let after = |start: &Start| match shown(start) {
        text if text.is_empty() => text,
        text => format!(" {text}"),
    };
    match found {
        Ok(start) => shown(&start),
        Err(Unfit::Stop(reason)) => format!("refused: {reason}"),
        Err(Unfit::Runtime(reason)) => format!("runtime: {reason}"),
        Err(Unfit::Development { program, target: None, .. }) => format!("development {program}"),
        Err(Unfit::Development { program, target: Some(file), start }) => match shown(&start) {
            text if text == file => format!("development {program}: {file}"),
            text => format!("development {program}: {file} = {text}"),
        },
        Err(Unfit::Elsewhere { place, run, start }) => {
            let place = match place {
                Place::Folder(folder) => format!("folder {folder}"),
                Place::Package(name) => format!("package {name}"),
                Place::Root => "root".to_owned(),
                Place::All => "all".to_owned(),
            };
            format!("elsewhere {place}: {}{}", ran(&run), after(&start))
        }
        Err(Unfit::Files { folder, single_page, port, start }) => {
            let single = if single_page { " single" } else { "" };
            let port = port.map_or(String::new(), |port| format!(" :{port}"));
            format!("files {}{single}{port}{}", folder.as_deref().unwrap_or("?"), after(&start))
        }
    }
}

#[test]
fn start_scripts() {
    let mut wrong = Vec::new();
    for (script, expected) in TABLE {
        let found = result(started(&package(script), None));
        if found != *expected {
            wrong.push(format!("{script}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn programs_are_what_the_lock_file_says() {
    let lock = r#"{"packages": {"node_modules/@x/probot": {"bin": {"probot": "./p.js"}},
        "node_modules/tool": {"bin": "t.js"}, "node_modules/next": {"bin": {"next": "n.js"}, "dev": true}}}"#;
    let lock = LockFile::parse("package-lock.json", lock).unwrap();
    let of = |script| result(started(&package(script), Some(&lock)));
    assert_eq!(of("probot run x.js"), "node_modules/@x/probot/p.js run x.js");
    assert_eq!(
        of("tool all && next start"),
        "node_modules/next/n.js start ! node_modules/tool/t.js all keeps next"
    );
}

#[test]
fn another_package_goes_on_with_what_it_is_asked() {
    let (knowledge, package) = (catalog::node().unwrap(), package("next start"));
    let scripts = Scripts { package: &package, lock: None, knowledge: &knowledge, repo: repo() };
    let script = |name: &str| Run::Script { name: name.to_owned(), more: vec!["a b".to_owned()] };
    let command = |words: &[&str]| Run::Command(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(result(scripts.resume(&script("serve"))), "dist/main.js a b < build");
    assert_eq!(result(scripts.resume(&script("next"))), "development next a b");
    assert_eq!(result(scripts.resume(&command(&["A=b", "node", "$x"]))), "A=b $x");
}

#[test]
fn what_is_left_out_is_said() {
    let warnings = |script| started(&package(script), None).unwrap().warnings.join("\n");
    for (script, said) in [
        (
            "NODE_ENV=development node a.js",
            "`NODE_ENV=development` is left out: the image sets NODE_ENV=production",
        ),
        ("dotenv -- node a.js", "set the variables when it runs"),
        ("pm2-runtime a.js", "`pm2-runtime` is left out"),
        ("wait-on tcp:1 && node a.js", "`wait-on` is left out"),
        ("next start -p $PORT", "`$PORT` is left out: `next` reads PORT itself"),
        ("node a.js -p ${P:-1}", "`${P:-1}` is always `1`"),
        (
            "knex migrate:latest && node a.js",
            "run it with this image, with the arguments `node_modules/knex/bin/cli.js migrate:latest`",
        ),
        (
            "sequelize db:migrate && node a.js",
            "the image cannot do it (`sequelize-cli` is a development dependency)",
        ),
        (
            "npm run build:all && node a.js",
            "the script `build:all` also does `prisma migrate deploy`, while the image is built",
        ),
        ("npm run checked", "the script `prechecked` is not run in the container: curl x | sh"),
        ("concurrently \"tsc -w\" \"node a.js\"", "only the server is started, and not `tsc -w`"),
    ] {
        assert!(warnings(script).contains(said), "{script}: {}", warnings(script));
    }
}

#[test]
fn steps_keep_their_words_and_variables() {
    let start = started(&package("DB=x knex  migrate:latest --env prod && node a.js"), None).unwrap();
    assert_eq!(start.steps[0].text, "DB=x knex  migrate:latest --env prod");
    assert_eq!(start.steps[0].env, [crate::plan::Env::new("DB", "x")]);
    assert!(start.env.is_empty(), "the server has variables of its own");
}

#[test]
fn scripts_may_be_nested_deeply_but_not_without_end() {
    let chain = |length: usize| {
        let scripts: Vec<String> = (0..length).map(|n| format!("\"s{n}\": \"npm run s{}\"", n + 1)).collect();
        let text = format!(
            "{{\"scripts\": {{\"start\": \"npm run s0\", {}, \"s{length}\": \"node a\"}}}}",
            scripts.join(",")
        );
        result(started(&Package::parse("package.json", text).unwrap(), None))
    };
    assert_eq!(chain(60), "a");
    assert_eq!(chain(120), "refused: the script `s99` is nested too deeply in others to be followed");
}

#[test]
fn a_script_that_never_comes_to_an_end_is_given_up() {
    let many: Vec<String> =
        (0..12).map(|n| format!("\"s{n}\": \"{}\"", format!("npm run s{} && ", n + 1).repeat(9))).collect();
    let text =
        format!("{{\"scripts\": {{\"start\": \"npm run s0\", {}, \"s12\": \"node a\"}}}}", many.join(","));
    let package = Package::parse("package.json", text).unwrap();
    assert!(result(started(&package, None)).starts_with("refused: "));
    let long = format!("node {}", "x".repeat(6000));
    assert!(result(started(&super::table::package(&long), None)).ends_with("..."), "a message is short");
}

proptest! {
    #[test]
    fn no_script_makes_it_panic(
        text in r#"[ -~\t\né€]{0,60}"#,
        words in prop::collection::vec(prop::sample::select(vec![
            "node", "npm", "run", "pnpm", "yarn", "workspace", "turbo", "nx", "bun", "-w", "--filter", "=", "--", "&&", "&", ";", "|", "||", "'", "\"",
            "$", "${", "${A:-b}", "%A%", "cd", "..", "npx", "concurrently", "run-p", "*:*", "pm2", "start", "nodemon", "--exec", "-r", "serve", "-s",
            "next", "-p", "a.js", "cross-env", "A=b", "prisma", "migrate", "sh", "-c", "env-cmd", "nf", "node_modules/.bin/", "@", "{", "é",
        ]), 0..14),
    ) {
        let _ = result(started(&package(&text), None));
        let _ = result(started(&package(&words.join(" ")), None));
        let run = Run::Command(words.into_iter().map(str::to_owned).collect());
        let (knowledge, package) = (catalog::node().unwrap(), package(&text));
        let scripts = Scripts { package: &package, lock: None, knowledge: &knowledge, repo: repo() };
        let _ = scripts.resume(&run);
    }
}
