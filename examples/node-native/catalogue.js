import { readFileSync } from "node:fs";
import Database from "better-sqlite3";

const database = new Database(process.env.DATABASE ?? ":memory:");
database.exec(readFileSync(new URL("catalogue.sql", import.meta.url), "utf8"));
const title = database.prepare("select title from picture where name = ?").pluck();

/** The title of a picture, if there is one of that name. */
export const titleOf = (name) => title.get(name);
