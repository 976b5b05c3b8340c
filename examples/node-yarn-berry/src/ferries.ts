export interface Crossing {
  to: string;
  minutes: number;
}

const crossings: Record<string, Crossing[]> = {
  oban: [
    { to: "craignure", minutes: 50 },
    { to: "castlebay", minutes: 285 },
  ],
  mallaig: [{ to: "armadale", minutes: 45 }],
};

/** Crossings from a port, the shortest first; nothing where no ferry goes from it. */
export function from(port: string): Crossing[] | undefined {
  return crossings[port]?.toSorted((one, other) => one.minutes - other.minutes);
}
