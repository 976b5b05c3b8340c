import { createServer } from "node:http";
import { log } from "./log";

const place = process.env.PLACE ?? "";
const capacity = Number(process.env.CAPACITY ?? 0);
let inside = 0;

const server = createServer((request, response) => {
  log("debug", `${request.method} ${request.url}`);
  if (request.method === "POST" && request.url === "/enter") {
    if (inside === capacity) {
      response.writeHead(409).end("full\n");
      return;
    }
    inside += 1;
  }
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ place, capacity, inside, level: process.env.LOG_LEVEL }));
});

const port = Number(process.env.PORT) || 3000;
server.listen(port, () => log("info", `listening on ${port}`));
process.on("SIGTERM", () => server.close());
