// Scorecards and maturity in chat: what is measured of the workers and of the site, over the last four weeks.
import { setTimeout } from 'node:timers/promises';
import type { Card } from './chat/card.ts';
import { keepPicture } from './chat/pictures.ts';
import { saidLately, unearnedOf } from './demoted.ts';
import { examine } from './examined.ts';
import type { Core } from './handlers.ts';
import type { WorkerId } from './ids.ts';
import { census } from './knowledge/census.ts';
import { covered } from './monitoring/covered.ts';
import { transact } from './postgres/database.ts';
import { calibrationCard, maturityCard, scorecardCard } from './scorecards/card.ts';
import { type Facts, ofWorker, type Period } from './scorecards/facts.ts';
import { type Figure, figureOf } from './scorecards/kpi.ts';
import { kpis } from './scorecards/kpis.ts';
import { type Foundation, maturityOf } from './scorecards/maturity.ts';
import { factsOf } from './scorecards/read.ts';
import { reliabilities } from './scorecards/reliability.ts';
import { diagramAlt, diagramOf } from './scorecards/reliability-chart.ts';

const fourWeeksMs = 28 * 86_400_000;

/** A command is answered within 3 s, or chat gives up on it: what takes longer than this is left out of its answer. */
const quickMs = 1_500;

/** What the foundation of maturity is counted from; null where metrics could not be asked for within `patienceMs`. */
export async function foundationOf(
  { store, responder }: Pick<Core, 'store' | 'responder'>,
  patienceMs = quickMs,
): Promise<Foundation> {
  const { inventory, runbooks, prometheus, monitor } = responder;
  const now = responder.now();
  const unseen = { kind: 'unseen' as const, because: 'Metrics could not be asked for.' };
  const asked = covered(prometheus, monitor.metrics, monitor.cycleMs, now).catch(() => unseen);
  const seen = await Promise.race([asked, setTimeout(patienceMs, unseen, { ref: false })]);
  const { dark, history, types } = examine(inventory, seen, await census(store.db, now), {
    runbooks,
    records: [],
  });
  const isBlind = 'unread' in seen && seen.unread.length > 0 && seen.servers.length === 0;
  return {
    darkServers: isBlind ? null : (dark?.length ?? null),
    months: history.months,
    uncovered: types.filter(({ runbook }) => runbook === null).length,
  };
}

/** `/roster scorecard <worker>`: its figures of the last four weeks beside its charter's targets. */
export async function scorecardTold(core: Core, rest: string): Promise<Card | string> {
  const { team, responder, reporting, store } = core;
  const said = rest.trim().toLowerCase();
  const charter = team.workers().find(({ worker, name }) => worker === said || name.toLowerCase() === said);
  if (!charter) {
    const names = team.workers().map(({ worker }) => worker);
    return `Whose? Say /roster scorecard and one of ${names.join(', ')}.`;
  }
  const all = await factsOf(store.db, lately(responder.now()));
  const facts = ofWorker(all, charter.worker, team.workers());
  const { name, worker } = charter;
  const figures = measured(core, facts, charter.evaluation.targets);
  return scorecardCard({ name, figures, currency: reporting.currency }, 'last four weeks', team.byOf(worker));
}

/** `/roster maturity`: the level, every criterion, and what is missing for the next. */
export async function maturityTold(core: Core): Promise<Card> {
  const facts = await factsOf(core.store.db, lately(core.responder.now()));
  const figures = measured(core, facts);
  return maturityCard(maturityOf(figures, await foundationOf(core), core.reporting.currency), core.desk.by);
}

/** `/roster calibration`: how sure workers said they were in the last year beside how often they were right. */
export async function calibrationTold(core: Core): Promise<Card> {
  const { store, reporting, team, desk, drawing, log } = core;
  const all = await saidLately(core);
  const least = reporting.minimum.outcomes;
  const { told, few } = reliabilities(all, least);
  const spec = diagramOf(told);
  const drawn = spec && drawing.plot(spec).catch((error) => log.warn(`No reliability diagram: ${error}`));
  const png = await Promise.race([drawn, setTimeout(quickMs, undefined, { ref: false })]);
  const picture = png
    ? { id: await transact(store.db, (tx) => keepPicture(tx, png)), alt: diagramAlt(told) }
    : null;
  const nameOf = (worker: WorkerId) => team.byOf(worker).name;
  return calibrationCard({ told, few, least, unearned: unearnedOf(core, all), picture, nameOf }, desk.by);
}

function measured({ reporting, site }: Core, facts: Facts, targets: Record<string, number> = {}): Figure[] {
  const given = { reporting, inventory: site.inventory };
  return kpis.map((kpi) => figureOf(kpi, facts, given, targets[kpi.id]));
}

function lately(now: Date): Period {
  return { from: new Date(now.getTime() - fourWeeksMs), to: now };
}
