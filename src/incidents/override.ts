import { beginAfresh, running } from '../actions/hold.ts';
import { actionFor } from '../actions/read.ts';
import type { PersonId } from '../ids.ts';
import { server } from '../inventory/inventory.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { plan } from './diagnose.ts';
import { foundIn } from './found.ts';
import { handOver } from './handoffs/hand-over.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Hypothesis, Incident } from './incident.ts';
import { begun, causeOf } from './investigate.ts';
import { nextStep, stepAt } from './remediate.ts';
import type { Responder } from './responder.ts';
import { setSkipped } from './steps/store.ts';
import { loadLog, log, update } from './store.ts';

/** A person leaves out the step that is next: what was asked for it is withdrawn, and the one after it is due. */
export async function skip(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { id, service, status, runbook, attempt } = incident;
  if (incident.kind === 'prediction')
    return notNow('Nothing is broken yet, so no step is left out: reject what is asked instead.');
  if (status !== 'remediating' && status !== 'escalated')
    return notNow('No step is next now that could be skipped.');
  const step = runbook && stepAt(responder.runbooks, runbook);
  if (!runbook || !step) return notNow('No step is next now that could be skipped.');
  const busy = await running(responder.gateway, tx, id);
  if (busy) return notNow(`"${busy}" is running: wait until it has ended, or stop all workers.`);
  const at = { incident: id, attempt, step: runbook.step, undoes: null, request: null };
  const action = await actionFor(tx, at);
  if (action?.status === 'done') return notNow(`"${action.question.what}" is done already.`);
  const what = action?.question.what ?? step.tool;
  const { attempt: next, jobs } = await beginAfresh(responder.gateway, tx, id);
  await update(tx, id, { attempt: next });
  await setSkipped(tx, { incident: id, attempt, step: runbook.step }, person);
  await log(tx, id, { kind: 'skipped', facts: { person, step: runbook.step, what } });
  const onwards = await nextStep(responder, tx, incident, runbook);
  const handed =
    status === 'escalated' && stepAt(responder.runbooks, { ...runbook, step: runbook.step + 1 })
      ? await toResolution(responder, tx, incident, person, `${what} is left out.`)
      : { entries: [], jobs: [] };
  return {
    result: { kind: 'done', because: `Step ${runbook.step + 1} is skipped: ${what}.` },
    entries: [
      {
        kind: 'incident.overridden',
        by: { person },
        about: { incident: id, service },
        facts: { how: 'skip', step: runbook.step, what, runbook: runbook.id },
      },
      ...onwards.entries,
      ...handed.entries,
    ],
    jobs: [...jobs, ...onwards.jobs, ...handed.jobs],
  };
}

/** A person picks another of the causes found: its runbook is followed, under the same rules as any. */
export async function choose(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { id, kind, service, status, cause, pausedBy } = incident;
  if (status === 'taken') return notNow('A person has it: it must be handed back first.');
  const { hypotheses: found } = foundIn(await loadLog(tx, id));
  const named = meant(found, words, responder);
  const [chosen] = named;
  if (!chosen || named.length > 1) return notNow(notChosen(found, named));
  if (status !== 'escalated' && chosen.says === cause?.says)
    return notNow(`That is the cause it acts on already: ${chosen.says}.`);
  const planned = plan([chosen], responder.runbooks, { kind, direction: null });
  if (planned.kind === 'escalate') return notNow(planned.because);
  const { attempt, jobs } = await beginAfresh(responder.gateway, tx, id);
  const runbook = begun(planned.runbook, attempt);
  await update(tx, id, { status: 'remediating', attempt, cause: causeOf(chosen), runbook });
  await log(tx, id, { kind: 'chosen', facts: { person, says: chosen.says, plan: planned.because } });
  const handed = await toResolution(responder, tx, incident, person, `${chosen.says}.`);
  const still = pausedBy ? ' It is paused still: nothing begins until it is resumed.' : '';
  return {
    result: { kind: 'done', because: `The cause is now: ${chosen.says}. ${planned.because}${still}` },
    entries: [
      {
        kind: 'incident.overridden',
        by: { person },
        about: { incident: id, service },
        facts: { how: 'choose', cause: chosen.kind, says: chosen.says, runbook: runbook.id },
        because: [planned.because],
      },
      ...handed.entries,
    ],
    jobs: [...jobs, ...handed.jobs],
  };
}

/** What a person wants done goes to resolution, however sure anybody is of it. */
function toResolution(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  because: string,
): Promise<Consequences> {
  return handOver(
    responder,
    tx,
    { ...incident, status: 'remediating' },
    {
      from: { person },
      to: 'resolution',
      intent: 'go on as a person says',
      confidence: 1,
      reasoning: [because],
      evidence: [],
    },
  );
}

/** The causes that these words name: by place, by kind, by server or service, or by the class of the server. */
function meant(found: Hypothesis[], words: string, { inventory }: Responder): Hypothesis[] {
  const said = words.trim().toLowerCase();
  if (/^\d$/.test(said)) return found.slice(Number(said) - 1, Number(said));
  return found.filter(({ kind, known }) => {
    const classOf = known.server && server(inventory, known.server)?.class;
    const names = [kind, kind.replaceAll('-', ' '), ...kind.split('-'), known.server, known.service, classOf];
    return names.includes(said === 'database' ? 'db' : said);
  });
}

function notChosen(found: Hypothesis[], named: Hypothesis[]): string {
  if (found.length === 0)
    return 'No cause was found yet that could be chosen: "look at db-01" says where to look.';
  const list = found.map(({ says }, place) => `${place + 1}. ${says}`).join('; ');
  const why =
    named.length > 1 ? 'That names several of the causes found' : 'None of the causes found is that';
  return `${why}: ${list}. Say "cause 1", or "look at …" and where.`;
}
