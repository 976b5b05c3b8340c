import { createServer } from "node:http";
import { open } from "./shelf.js";

const url = process.env.DATABASE_URL;
if (!url) {
  console.error("DATABASE_URL is not set");
  process.exit(1);
}
const shelf = await open(url);

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (request.method !== "GET" || pathname !== "/books") {
    response.writeHead(404).end();
    return;
  }
  try {
    const books = await shelf.book.findMany({ where: { lent: false }, orderBy: { title: "asc" } });
    response.setHeader("content-type", "application/json").end(JSON.stringify(books));
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
});

const port = process.env.PORT ?? 3000;
server.listen(port, () => console.log(`listening on ${port}`));
process.on("SIGTERM", () => {
  server.close(() => shelf.$disconnect().then(() => process.exit(0)));
});
