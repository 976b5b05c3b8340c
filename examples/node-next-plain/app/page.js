import { readdir } from "node:fs/promises";
import path from "node:path";
import Link from "next/link";

// Notices are put up and taken down while the server runs.
export const dynamic = "force-dynamic";

export default async function Page() {
  const files = await readdir(path.join(process.cwd(), "content"));
  return (
    <main>
      <img src="/pin.svg" alt="" width="32" height="32" />
      <h1>Notice board</h1>
      <ul>
        {files.map((file) => path.parse(file).name).map((name) => (
          <li key={name}>
            <Link href={`/notices/${name}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </main>
  );
}
