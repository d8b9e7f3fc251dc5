import { actionsOf, actionsSince } from '../../actions/read.ts';
import { approvalsOf } from '../../approvals/read.ts';
import type { Entry } from '../../audit/entry.ts';
import { keepPicture } from '../../chat/pictures.ts';
import type { IncidentId } from '../../ids.ts';
import { service as findService } from '../../inventory/inventory.ts';
import { save } from '../../jobs/save.ts';
import type { Mark } from '../../monitoring/chart/marks.ts';
import { saysOf } from '../../monitoring/metric.ts';
import { signalsOf } from '../../monitoring/read.ts';
import type { Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { loadSteps } from '../steps/store.ts';
import { load as loadIncident, loadLog } from '../store.ts';
import { type Looking, lookBack } from './afterwards.ts';
import { insertProposal } from './proposals.ts';
import { mendedAt, type Recorded } from './recorded.ts';
import { contentOf, type Put, proposalOf } from './runbook.ts';
import { insert, load } from './store.ts';
import { timesOf } from './timeline.ts';
import { write } from './write.ts';

export interface Drafting extends Omit<Looking, 'prometheus' | 'monitor' | 'patienceMs'> {
  responder: Responder;
  /** How long a draft may be edited before it files itself. */
  fileMs: number;
}

/** Writes the draft of an incident's post-mortem, with its chart, and makes it due to be shown. Safe to call twice. */
export async function draftPostMortem(drafting: Drafting, id: IncidentId): Promise<void> {
  const { responder, fileMs } = drafting;
  const { db } = responder.gateway;
  const incident = await loadIncident(db, id);
  if (incident?.status !== 'closed' || incident.kind === 'prediction' || (await load(db, id))) return;
  const { inventory, runbooks, monitor, prometheus, patienceMs } = responder;
  const rows = {
    incident,
    signals: await signalsOf(db, id),
    entries: await loadLog(db, id),
    actions: await actionsOf(db, id),
    approvals: await approvalsOf(db, id),
    steps: await loadSteps(db, id),
    service: findService(inventory, incident.service),
    ...{ runbooks, says: (metric: string) => saysOf(monitor.metrics, metric) },
  };
  const now = responder.now();
  const over = {
    ...{ service: incident.service, signals: rows.signals, opened: incident.openedAt, now },
    ...{ mended: mendedAt(rows), marks: marksOf(rows) },
  };
  const { charted, seen } = await lookBack({ ...drafting, monitor, prometheus, patienceMs }, over);
  const draft = write({ ...rows, seen });
  const asked = (await actionsSince(db, incident.openedAt)).filter((one) => one.incident === null);
  const put = proposalOf({ ...rows, asked, inventory, metrics: monitor.metrics });
  const isDrawn = charted.kind === 'drawn';
  await save(responder.gateway, async (tx) => {
    const picture = isDrawn ? { id: await keepPicture(tx, charted.png), alt: charted.alt } : null;
    const isNew = await insert(tx, id, {
      ...{ ...draft, picture, chart: isDrawn ? charted.chart : null },
      ...{ noChart: isDrawn ? null : charted.because, draftedAt: now },
      filesAt: new Date(now.getTime() + fileMs),
    });
    if (!isNew) return { result: undefined, entries: [], jobs: [] };
    const isPut =
      put.kind === 'proposal' &&
      (await insertProposal(tx, { ...put, incident: id, at: now }, contentOf(put.runbook)));
    const { impact } = draft.written;
    const value = (figure: typeof impact.minutes) => (figure.kind === 'told' ? figure.value : null);
    return {
      result: undefined,
      entries: [
        {
          kind: 'post-mortem.drafted',
          by: actorOf(responder, incident.worker),
          about: { incident: id, service: incident.service },
          facts: {
            chart: charted.kind,
            minutes: value(impact.minutes),
            userMinutes: value(impact.userMinutes),
            revenue: value(impact.revenue),
          },
          words: { summary: draft.summary, change: draft.change },
        },
        ...(isPut ? [proposed(put, incident)] : []),
      ],
      jobs: [{ name: 'show', subject: `incident:${id}` }],
    };
  });
}

function proposed(
  { runbook, was, because }: Extract<Put, { kind: 'proposal' }>,
  { id, service }: Incident,
): Entry {
  const facts = {
    runbook: `${runbook.id}@${runbook.version}`,
    was: was ? `${was.id}@${was.version}` : null,
    steps: runbook.steps.map(({ tool }) => tool),
  };
  const about = { incident: id, service };
  return { kind: 'runbook.proposed', by: { roster: 'post-mortems' }, about, facts, because: [because] };
}

/** What the chart points at: signal, cause, each step that ran, verified. */
function marksOf(rows: Omit<Recorded, 'seen'>): Mark[] {
  const { signal, causeNamed, verified } = timesOf(rows);
  const at = (says: string, time: string | null): Mark[] => (time ? [{ at: new Date(time), says }] : []);
  const steps = rows.actions.filter(({ startedAt }) => startedAt);
  return [
    ...at('signal', signal),
    ...at('cause', causeNamed),
    ...steps.flatMap(({ startedAt, undoes, step }) =>
      at(
        undoes ? 'roll-back' : step === null ? 'change' : `step ${step + 1}`,
        startedAt?.toISOString() ?? null,
      ),
    ),
    ...at('verified', verified),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
}
