import Fastify from "fastify";
import { from } from "./ferries.ts";

const app = Fastify({ logger: true });

app.get("/healthz", () => ({ status: "ok" }));

app.get<{ Params: { port: string } }>("/ferries/:port", (request, reply) => {
  const found = from(request.params.port);
  return found ?? reply.code(404).send({ error: "no ferry goes from there" });
});

process.on("SIGTERM", () => app.close());

await app.listen({
  host: process.env.HOST ?? "0.0.0.0",
  port: Number(process.env.PORT ?? 4000),
});
