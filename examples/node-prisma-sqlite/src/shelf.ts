import { PrismaLibSql } from "@prisma/adapter-libsql";
import { PrismaClient } from "./generated/prisma/client.js";

/** Opens the database, with a few books where it is new. */
export async function open(url: string): Promise<PrismaClient> {
  const shelf = new PrismaClient({ adapter: new PrismaLibSql({ url }) });
  // What the first migration makes: nobody needs the CLI to try the program.
  await shelf.$executeRaw`CREATE TABLE IF NOT EXISTS "Book" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" TEXT NOT NULL,
    "lent" BOOLEAN NOT NULL DEFAULT false
  )`;
  await shelf.$executeRaw`CREATE UNIQUE INDEX IF NOT EXISTS "Book_title_key" ON "Book"("title")`;
  if ((await shelf.book.count()) === 0) {
    await shelf.book.createMany({
      data: [{ title: "Middlemarch" }, { title: "Kidnapped", lent: true }, { title: "Emma" }],
    });
  }
  return shelf;
}
