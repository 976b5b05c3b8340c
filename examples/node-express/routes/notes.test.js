import assert from "node:assert/strict";
import { test } from "node:test";
import request from "supertest";
import express from "express";
import { notes } from "./notes.js";

test("the first note is there", async () => {
  const answer = await request(express().use("/notes", notes)).get("/notes");
  assert.equal(answer.body[0].text, "buy milk");
});
