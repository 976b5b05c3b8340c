import express from "express";
import { notes } from "./routes/notes.js";

const app = express();
app.use(express.json());
app.use(express.static("public"));
app.use("/notes", notes);
app.get("/healthz", (request, response) => response.json({ status: "ok" }));

const port = process.env.PORT || 3000;
const server = app.listen(port, () => console.log(`listening on ${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
