import { createServer } from "node:http";
import { crate, firstCrates } from "@quay/shared";
import { Cron } from "croner";

let unloaded = 0;
let last = crate(firstCrates[0]);

// Every minute a crate is carried ashore.
const job = new Cron("* * * * *", () => {
  unloaded += 1;
  last = crate(firstCrates[unloaded % firstCrates.length]);
});

// Tells whoever watches over it how far it is.
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ service: "worker", unloaded, last, next: job.nextRun() }));
});
server.listen(process.env.PORT ?? 3001, () => console.log("working"));

process.on("SIGTERM", () => {
  job.stop();
  server.close(() => process.exit(0));
});
