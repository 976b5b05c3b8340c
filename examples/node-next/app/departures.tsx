"use client";

import { useEffect, useState } from "react";
import type { Departure } from "./departure";

/** The timetable as the browser finds it among the public files. */
export function Departures() {
  const [departures, setDepartures] = useState<Departure[]>([]);
  useEffect(() => {
    fetch("/timetable.json")
      .then((answer) => answer.json())
      .then(setDepartures);
  }, []);
  return (
    <ul>
      {departures.map(({ at, to }) => (
        <li key={at}>
          {at} {to}
        </li>
      ))}
    </ul>
  );
}
