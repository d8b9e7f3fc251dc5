import { createHash } from 'node:crypto';
import { type Db, type Tx, transact } from '../../postgres/database.ts';
import { pack, unpack } from './pack.ts';
import { type Cell, cellsOf } from './segments.ts';
import { type Book, enter, type SeriesState } from './series.ts';
import * as store from './store.ts';

/** A series not seen for so many seconds is kept no longer: a weekday's memory. */
const forgotten = 56 * 86_400;

/**
 * Writes the hours of the week touched since the last time, and the state of every series, in one transaction: a few rows
 * a metric, whatever the number of series. To be called when an hour is over and after history was learnt; `at` in unix
 * seconds is how far that reaches. Safe to call twice. Throws when the database is not there: the hours stay touched.
 */
export async function keepBaselines(db: Db, book: Book, at: number): Promise<void> {
  const hours = [...book.touched];
  const cells = [...new Set(hours.flatMap(cellsOf))];
  await transact(db, async (tx) => {
    for (const [metric, slots] of byMetric(book, at)) {
      const keys = slots.map((slot) => book.keys[slot] as string);
      const layout = createHash('sha256')
        .update(JSON.stringify([metric, keys]))
        .digest('hex');
      await store.writeLayout(tx, layout, metric, keys);
      for (const cell of cells) {
        const content = pack(fieldsOfCell(book.cells[cell] as Cell), slots);
        await store.writeCell(tx, metric, cell, { layout, content });
      }
      await store.writeState(tx, metric, at, { layout, content: pack(fieldsOf(book.state), slots) });
    }
    await store.eraseStale(tx, at - forgotten);
  });
  for (const hour of hours) book.touched.delete(hour);
}

/**
 * Reads what was kept into a book, over what it knows already. Returns how far it reaches in unix seconds, from where the gap is to be read, or
 * undefined when nothing was kept. What was written by another version, in another shape, is left out and learnt anew.
 */
export async function recallBaselines(db: Db | Tx, book: Book): Promise<number | undefined> {
  const layouts = new Map<string, number[]>();
  for (const { digest, metric, keys } of await store.loadLayouts(db))
    layouts.set(
      digest,
      keys.map((key) => enter(book, key, { metric, bad: 'either' })),
    );
  const states = await store.loadStates(db);
  for (const { layout, content } of states)
    unpack(content, fieldsOf(book.state), layouts.get(layout) as number[]);
  for (const [cell, into] of book.cells.entries())
    for (const { layout, content } of await store.loadCell(db, cell))
      unpack(content, fieldsOfCell(into), layouts.get(layout) as number[]);
  return states.length > 0 ? Math.max(...states.map(({ learntTo }) => learntTo)) : undefined;
}

function byMetric({ settings, state }: Book, at: number): Map<string, number[]> {
  const slots = settings.flatMap((_, slot) => (at - (state.at[slot] as number) < forgotten ? [slot] : []));
  return Map.groupBy(slots, (slot) => settings[slot]?.metric ?? '');
}

function fieldsOfCell({ mean, deviation, weight }: Cell) {
  return [mean, deviation, weight];
}

/** In the order they are packed in. */
function fieldsOf(state: SeriesState) {
  const { anchor, at, step, count, level, fast, unusual, critical, typical, bar, episode, calm } = state;
  return [anchor, at, step, count, level, fast, unusual, critical, ...typical, ...bar, episode, calm];
}
