import type { NextRequest } from "next/server";
import type { Departure } from "../../departure";

/** Departures after a time: of the same public file that the page shows, asked as a browser would. */
export async function GET(request: NextRequest) {
  const after = request.nextUrl.searchParams.get("after") ?? "00:00";
  const port = process.env.PORT ?? 3000;
  const answer = await fetch(`http://127.0.0.1:${port}/timetable.json`);
  const departures: Departure[] = await answer.json();
  return Response.json(departures.filter(({ at }) => at > after));
}
