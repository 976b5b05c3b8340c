export interface Departure {
  /** Time of the day, as `hh:mm`. */
  at: string;
  to: string;
}
