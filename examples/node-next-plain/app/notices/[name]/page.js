import { readFile } from "node:fs/promises";
import path from "node:path";
import { notFound } from "next/navigation";

export default async function Page({ params }) {
  const { name } = await params;
  if (!/^[a-z]+$/.test(name)) {
    notFound();
  }
  const file = path.join(process.cwd(), "content", `${name}.txt`);
  const text = await readFile(file, "utf8").catch(() => notFound());
  return <p>{text}</p>;
}
