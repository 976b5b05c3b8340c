import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import sharp from "sharp";
import xxhash from "xxhash";
import { titleOf } from "./catalogue.js";

/** `/harbour` tells of a picture, `/harbour?width=16` shows it. */
async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const name = pathname.slice(1);
  const title = titleOf(name);
  if (!title) {
    response.writeHead(404).end();
    return;
  }
  const picture = await readFile(new URL(`pictures/${name}.png`, import.meta.url));
  const hash = xxhash.hash64(picture, 0, "hex");
  const width = Number(searchParams.get("width"));
  if (width > 0) {
    const small = await sharp(picture).resize({ width: Math.min(width, 512) }).webp().toBuffer();
    response.writeHead(200, { "Content-Type": "image/webp", ETag: `"${hash}-${width}"` }).end(small);
    return;
  }
  const { width: wide, height: high } = await sharp(picture).metadata();
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ title, width: wide, height: high, hash }));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});

const port = process.env.PORT || 3000;
server.listen(port, () => console.log(`listening on ${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
