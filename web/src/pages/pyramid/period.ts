/** Days as text (`2018-08-29`), the form in which the address and the server speak of them. */

import type { Period } from "../../api/types";

/** A period asked for ends before its `until` (midnight, as a rule): its last day is the one that ends there. */
export function lastMoment(period: Period): string {
  const end = new Date(period.until).getTime();
  return period.until_is === "asked" && !Number.isNaN(end) ? new Date(end - 1).toISOString() : period.until;
}

/** The calendar day of a moment in a zone. */
export function dayIn(iso: string, zone: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  const parts = (timeZone: string) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);
  try {
    return parts(zone);
  } catch {
    return parts("UTC");
  }
}

/** The same day some months earlier; the last of the month where that month is shorter. */
export function monthsBefore(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}
