// Loki, read: log lines of a range.
// Not for LogQL's metric queries, and not where a line's meaning is judged.
import { z } from 'zod';
import { type Access, ask } from '../http.ts';

export interface LogLine {
  at: Date;
  labels: Record<string, string>;
  line: string;
}

export interface Loki {
  /** The newest `limit` lines of `logql` from `from` (included) to `to` (not included), newest first. */
  queryRange(logql: string, from: Date, to: Date, limit: number): Promise<LogLine[]>;
}

const nanoseconds = z.string().regex(/^\d+$/);
const answer = z.object({
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        // Newer Lokis add a third member, structured metadata.
        values: z.array(z.tuple([nanoseconds, z.string()]).rest(z.unknown())),
      }),
    ),
  }),
});

/** A client of the Loki at `access`. Its methods throw `SystemFailed` with Loki's own words. */
export function openLoki(access: Access): Loki {
  return {
    async queryRange(logql, from, to, limit) {
      const query = {
        query: logql,
        start: toNanoseconds(from),
        end: toNanoseconds(to),
        limit,
        direction: 'backward',
      };
      const { data } = await ask('Loki', access, { path: '/loki/api/v1/query_range', query }, answer);
      const lines = data.result.flatMap(({ stream, values }) => {
        return values.map(([time, line]) => ({ time: BigInt(time), labels: stream, line }));
      });
      lines.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
      return lines.slice(0, limit).map(({ time, labels, line }) => ({ at: toDate(time), labels, line }));
    },
  };
}

function toNanoseconds(at: Date): string {
  return String(BigInt(at.getTime()) * 1_000_000n);
}

function toDate(time: bigint): Date {
  return new Date(Number(time / 1_000_000n));
}
