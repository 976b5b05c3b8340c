import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Harbour {
  name: string;
  /** Hours of high water, as `hh:mm`. */
  high: string[];
}

export interface Tide {
  harbour: string;
  high: string;
}

/** Read once, when the program starts: the data is no part of what is compiled. */
const file = join(process.cwd(), "data", "harbours.json");
export const harbours: ReadonlyMap<string, Harbour> = new Map(
  Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Harbour>),
);

/** The first high water of the day, if the harbour is known. */
export function tide(id: string): Tide | undefined {
  const harbour = harbours.get(id);
  const high = harbour?.high[0];
  return harbour && high ? { harbour: harbour.name, high } : undefined;
}
