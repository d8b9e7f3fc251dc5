import type { Inventory } from '../inventory/inventory.ts';
import type { Db } from '../postgres/database.ts';
import type { Prometheus } from '../systems/prometheus/read.ts';
import { keepBaselines, recallBaselines } from './baseline/keep.ts';
import type { Calendar } from './calendar.ts';
import { foundBefore } from './finding.ts';
import { bySeries, learn } from './learn.ts';
import { recallRelations } from './lookout/keep.ts';
import { type Lookout, openLookout } from './lookout/lookout.ts';
import { openSample } from './lookout/sample.ts';
import { type Metric, queryOf } from './metric.ts';
import { openSight, type Sight } from './sight.ts';
import { loadOpen } from './store.ts';

interface Start {
  db: Db;
  /** Where the past is read. */
  prometheus: Pick<Prometheus, 'queryRange'>;
  metrics: Metric[];
  inventory: Inventory;
  calendar: Calendar;
  cycleMs: number;
  now: Date;
  log: { warn(message: string): void };
}

/**
 * A sight that knows what is usual and what was open, and a lookout over it: what was kept of it, and what was measured
 * since; on a first start three weeks. Throws when neither database nor source says.
 */
export async function startSight(start: Start): Promise<{ sight: Sight; lookout: Lookout }> {
  const { db, prometheus, metrics, inventory, calendar, cycleMs, now } = start;
  const before = await loadOpen(db);
  const anomalies = before.filter(({ kind }) => kind === 'anomaly');
  const sight = openSight({
    ...{ metrics, inventory, calendar },
    before: anomalies.map((one) => ({ key: foundBefore(one).key, openedAt: one.raisedAt.getTime() / 1_000 })),
  });
  const sample = openSample();
  const since = await recallBaselines(db, sight.detector.book);
  const learning = learn(prometheus, metrics, { cycleMs, sight, now, since, learnt: sample.put });
  const to = await (since === undefined ? learning : learning.catch(unread(start, since)));
  await keepBaselines(db, sight.detector.book, to);
  const relations = await recallRelations(db);
  const lookout = openLookout({ sight, metrics, inventory, cycleMs, before, relations, sample });
  await lookout.keep(db);
  await readRecent(start, sight, lookout).catch(unread(start, undefined));
  return { sight, lookout };
}

/** What was known before goes on, and what came since is not learnt: to be blind is to be said, not to be away. */
function unread<T>({ log }: Start, instead: T): (error: Error) => T {
  return ({ message }) => {
    log.warn(`What was measured while Roster was away could not be read: ${message}`);
    return instead;
  };
}

const weekSeconds = 7 * 86_400;
const hoursSeconds = 7_200;

/** Of what has a limit, the last week by the hour and the last two hours by the minute. */
async function readRecent(
  { prometheus, metrics, cycleMs, now }: Start,
  { detector }: Sight,
  lookout: Lookout,
): Promise<void> {
  const at = now.getTime() / 1_000;
  const spans = [
    { from: at - weekSeconds, to: at - hoursSeconds, step: 3_600 },
    { from: at - hoursSeconds, to: at, step: 60 },
  ];
  for (const metric of metrics.filter(({ limit }) => limit !== undefined))
    for (const { from, to, step } of spans) {
      const [begin, end] = [new Date(from * 1_000), new Date(to * 1_000)];
      const history = await prometheus.queryRange(queryOf(metric, cycleMs), begin, end, step);
      for (const { subject, part, values } of bySeries(metric, cycleMs, history)) {
        const slot = detector.book.slots.get(`${metric.name}\n${subject}\n${part}`);
        if (slot === undefined) continue;
        for (const [time, value] of values) lookout.put(slot, time, value);
      }
    }
}
