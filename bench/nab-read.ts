// The files of the Numenta Anomaly Benchmark: series as CSV and windows as JSON.
// Not their scoring, and labels go to the scorer alone.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Window } from './nab-score.ts';

export interface Series {
  /** Path below `data/`, such as `realTraffic/speed_6005.csv`. */
  file: string;
  folder: string;
  /** Unix seconds, in file order: four files go back in time. */
  at: Float64Array;
  value: Float64Array;
  windows: Window[];
}

const labels = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** Where to get the data, when it is not there. */
export const fromWhere =
  'NAB is not there: get data/ and labels/combined_windows.json (as windows.json) from https://github.com/numenta/NAB and give the folder with --data DIR.';

/** Whether a NAB folder is at `dir`. */
export function hasNab(dir: string): boolean {
  return existsSync(join(dir, 'windows.json'));
}

/** Every series of the folder by name. Throws when a file is no such CSV. */
export function readNab(dir: string): Series[] {
  const windows = labels.parse(JSON.parse(readFileSync(join(dir, 'windows.json'), 'utf8')));
  const files = globSync('**/*.csv', { cwd: join(dir, 'data') })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  return files.map((file) => {
    const rows = readFileSync(join(dir, 'data', file), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const times = rows.map(([time = '']) => time.slice(0, 19));
    return {
      file,
      folder: file.slice(0, Math.max(0, file.lastIndexOf('/'))),
      at: Float64Array.from(times, (time) => Date.parse(`${time.replace(' ', 'T')}Z`) / 1_000),
      value: Float64Array.from(rows, ([, value = '']) => (value.trim() === '' ? Number.NaN : Number(value))),
      windows: (windows[file] ?? []).map(([from, to]) => rowsOf(times, from.slice(0, 19), to.slice(0, 19))),
    };
  });
}

function rowsOf(times: string[], from: string, to: string): Window {
  const inside = (time: string) => time >= from && time <= to;
  return { first: times.findIndex(inside), last: times.findLastIndex(inside) };
}
