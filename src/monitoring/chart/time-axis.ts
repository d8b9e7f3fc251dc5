const quiet = '#aab4c0';

/** A horizontal axis of unix seconds with full minutes by the clocks of `timezone`, seven or eight of them. */
export function timeAxis([from, to]: [from: number, to: number], timezone: string) {
  const minutes = steps.find((step) => (to - from) / 60 / step <= 8) ?? 1_440;
  const every = minutes * 60;
  const shift = offsetIn(timezone, from);
  const first = Math.ceil((from + shift) / every) * every - shift;
  const count = Math.max(0, Math.floor((to - first) / every) + 1);
  const values = Array.from({ length: count }, (_, nth) => first + nth * every);
  const clock = clockIn(timezone);
  const labels = Object.fromEntries(values.map((at) => [at, clock(at)]));
  return {
    title: `${dayIn(timezone, to)}, ${timezone}`,
    values,
    labelExpr: `(${JSON.stringify(labels)})[datum.value]`,
    grid: false,
    domainColor: quiet,
    tickColor: quiet,
    labelPadding: 6,
    titlePadding: 10,
  };
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];

/** Unix seconds as the time of day by a zone's clocks, such as 10:42. */
export function clockIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return (at) => format.format(at * 1_000);
}

function dayIn(timeZone: string, at: number): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium' }).format(at * 1_000);
}

/** Seconds that a zone is ahead of UTC at a time. */
export function offsetIn(timeZone: string, at: number): number {
  const wall = new Date(at * 1_000).toLocaleString('sv-SE', { timeZone });
  return Math.round(Date.parse(`${wall.replace(' ', 'T')}Z`) / 1_000 - Math.floor(at));
}
