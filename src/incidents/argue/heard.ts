import { actionsOf } from '../../actions/read.ts';
import type { Consequences } from '../../jobs/save.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Tx } from '../../postgres/database.ts';
import { foundIn } from '../found.ts';
import type { Argued, Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { loadLog, log, update } from '../store.ts';
import type { Heard } from './claims.ts';
import type { Turn } from './turn.ts';

/** Confidence from which a worker acts, told or untold, wherever the policy sets it lowest. */
function lowestBar({ confidence: { default: usual, tools, classes } }: Policy): number {
  return Math.min(...[usual, ...Object.values(tools), ...Object.values(classes)].map(({ notify }) => notify));
}

/** The most that a cause may have which only a model found: below what is acted on anywhere, and below 65 %. Pure. */
export function capOf(policy: Policy): number {
  return Math.max(0, Math.min(0.65, lowestBar(policy)) - 0.01);
}

/**
 * Writes what stands of a model's answer on the incident: its thread tells it, and the confidence of the cause that
 * is acted on is lowered where the answer lowers it, for the steps to come. It never begins or stops anything.
 */
export async function noteHeard(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  turn: Turn,
  heard: Heard,
): Promise<Consequences> {
  const { opinion, gateway } = responder;
  const { id, service, worker, cause } = incident;
  const model = opinion?.models.names.frontier ?? 'none';
  const { hypotheses, rootCause, lowered, dropped } = heard;
  const { evidence: told } = foundIn(await loadLog(tx, id));
  const more = turn.material.evidence.filter((one) => !told.some((other) => other.id === one.id));
  const kind = turn.classified === 'none' ? null : turn.classified;
  const acted = hypotheses.find(({ says }) => says === cause?.says);
  if (cause && acted && acted.confidence < cause.confidence)
    await update(tx, id, { cause: { ...cause, confidence: acted.confidence } });
  const waiting = (await actionsOf(tx, id)).some(({ status }) => status === 'waiting');
  const plan = planOf(gateway.policy, heard, { acted: acted?.says, waiting });
  const argued: Argued = { model, kind, more, rootCause, lowered, dropped, ask: plan.ask };
  await log(tx, id, { kind: 'diagnosis', facts: { hypotheses, plan: plan.says, argued } });
  return {
    entries: [
      {
        kind: 'diagnosis.made',
        by: actorOf(responder, worker),
        about: { incident: id, service },
        versions: { prompt: opinion?.prompts.diagnose.id ?? 'none' },
        facts: {
          hypotheses: hypotheses.map(({ kind: its, confidence, known, for: speaking, against }) => {
            return { kind: its, confidence, known: { ...known }, for: speaking, against };
          }),
          model,
          status: heard.status,
          confidence: heard.confidence,
          lowered: lowered.length,
          dropped: dropped.length,
        },
        because: [plan.says],
        words: {
          says: hypotheses.map(({ says }) => says).join('\n'),
          dropped: dropped.map(({ says, because }) => `${because}: ${says}`).join('\n'),
        },
      },
    ],
    jobs: [{ name: 'show', subject: `incident:${id}` }],
  };
}

/** What the answer means for what is being done, in one sentence, and whether who is asked must see it. */
function planOf(
  policy: Policy,
  { lowered, hypotheses }: Heard,
  { acted, waiting }: { acted: string | undefined; waiting: boolean },
): { says: string; ask: boolean } {
  const sunk = lowered.find(({ says }) => says === acted);
  const bar = lowestBar(policy);
  const ask = sunk !== undefined && sunk.to < bar && waiting;
  const because = (says: string) => ({ says, ask });
  if (sunk && ask)
    return because(
      `The confidence fell to ${percent(sunk.to)}, below the ${percent(bar)} from which a worker may act: weigh that before you approve what waits.`,
    );
  if (sunk)
    return because(
      `The confidence fell to ${percent(sunk.to)}; what is still to be done is decided with that.`,
    );
  if (hypotheses.length === 0) return because('No cause stands, so a person must look.');
  return because('What is being done stays as it is.');
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
