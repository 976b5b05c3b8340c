import { Departures } from "./departures";

export default function Page() {
  return (
    <main>
      <h1>Ferries</h1>
      <Departures />
    </main>
  );
}
