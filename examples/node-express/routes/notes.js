import { Router } from "express";

const kept = [{ id: 1, text: "buy milk" }];

export const notes = Router();

notes.get("/", (request, response) => response.json(kept));

notes.post("/", (request, response) => {
  const note = { id: kept.length + 1, text: String(request.body?.text ?? "") };
  kept.push(note);
  response.status(201).json(note);
});
