// What every server looked like in each cycle, for learning what goes before failures as the product does at night.
import { fernwood } from '../src/estate/company.ts';
import { openCatalog } from '../src/monitoring/lookout/catalog.ts';
import { openMoments } from '../src/monitoring/lookout/moment.ts';
import { isQuiet, type PastIncident } from '../src/monitoring/lookout/past.ts';
import { type LeadIn, learnSignatures, type Signatures } from '../src/monitoring/lookout/precursor.ts';
import { openVectors } from '../src/monitoring/lookout/vectors.ts';
import type { Metric } from '../src/monitoring/metric.ts';
import type { Seen, Sight } from '../src/monitoring/sight.ts';
import type { Columns } from '../src/systems/prometheus/columns.ts';
import { day, minute } from './scene.ts';

export interface Recorder {
  servers: string[];
  note(at: number, read: Columns, seen: Seen): void;
  /** The vector of a server in the cycle at unix milliseconds `at`. */
  vector(server: string, at: number): number[];
  /** The vectors of the 90 minutes before one, the last minute last. */
  leadIn(server: string, until: number): number[][];
  /** What goes before failures, as known at `now`: from these incidents, and the quiet times of the week before. */
  learnt(now: number, incidents: PastIncident[]): Signatures;
}

const lead = 90;
const quietEvery = 10 * minute;

export function openRecorder(
  sight: Sight,
  metrics: Metric[],
  { from, to }: { from: number; to: number },
): Recorder {
  const catalog = openCatalog(sight.detector.book, metrics, fernwood);
  const momentOf = openMoments(sight.detector.book);
  const vectors = openVectors(catalog);
  const servers = vectors.servers.map((place) => catalog.subjects[place]?.id ?? '');
  const width = metrics.length;
  const kept = new Float32Array((Math.ceil((to - from) / minute) + 1) * servers.length * width);
  const place = (server: number, at: number) =>
    (Math.round((at - from) / minute) * servers.length + server) * width;
  const vector = (id: string, at: number) => {
    const start = place(servers.indexOf(id), at);
    return Array.from(kept.subarray(start, start + width));
  };
  const leadIn = (server: string, until: number) => {
    const minutes = Array.from({ length: lead }, (_, nth) => until - (lead - nth) * minute);
    return minutes.filter((at) => at >= from).map((at) => vector(server, at));
  };
  let cycle = 0;
  return {
    servers,
    vector,
    leadIn,
    note: (at, read, seen) => {
      catalog.refresh();
      cycle += 1;
      vectors.next(momentOf(at / 1_000, read, seen), cycle, (server, now) =>
        kept.set(now, place(server, at)),
      );
    },
    learnt: (now, incidents) => {
      const leadIns = incidents.map(({ family, id, server, openedAt }): LeadIn => {
        const until = Math.floor(openedAt.getTime() / minute) * minute;
        return { family, incident: id, seen: leadIn(server, until) };
      });
      const quiet: number[][] = [];
      for (const server of servers)
        for (let at = Math.max(from, now - 7 * day); at < now; at += quietEvery)
          if (isQuiet(incidents, server, at)) quiet.push(vector(server, at));
      return learnSignatures(
        leadIns.filter(({ seen }) => seen.length > 0),
        quiet,
      );
    },
  };
}
