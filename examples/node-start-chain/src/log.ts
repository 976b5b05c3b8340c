const levels = ["debug", "info", "warn"] as const;
type Level = (typeof levels)[number];

const wanted = levels.indexOf((process.env.LOG_LEVEL ?? "debug") as Level);

export function log(level: Level, text: string): void {
  if (levels.indexOf(level) >= wanted) {
    console.log(`${level}: ${text}`);
  }
}
