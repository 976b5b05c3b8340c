import { serve } from "@hono/node-server";
import { crate, firstCrates } from "@quay/shared";
import { Hono } from "hono";

const crates = firstCrates.map(crate);
const app = new Hono();

app.get("/", (context) => context.json({ service: "api", crates }));
app.post("/crates/:holds", (context) => {
  const made = crate(context.req.param("holds"));
  crates.push(made);
  return context.json(made, 201);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`listening on ${port}`),
);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
