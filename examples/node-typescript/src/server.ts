import express from "express";
import { harbours, tide } from "./tides.js";

const app = express();

app.get("/", (request, response) => {
  response.json([...harbours.keys()]);
});

app.get("/tides/:harbour", (request, response) => {
  const found = tide(request.params.harbour);
  if (found) {
    response.json(found);
  } else {
    response.status(404).json({ error: "no such harbour" });
  }
});

app.get("/healthz", (request, response) => {
  response.json({ status: "ok" });
});

const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, () => console.log(`listening on ${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
