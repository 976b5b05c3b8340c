import { nanoid } from "nanoid";

/** A crate that a ship has brought. */
export interface Crate {
  id: string;
  holds: string;
}

export function crate(holds: string): Crate {
  return { id: nanoid(8), holds };
}

export const firstCrates = ["tea", "rope", "lamp oil"];
