import type { By } from '../audit/entry.ts';
import type { IncidentId } from '../ids.ts';
import { server as findServer, service as findService } from '../inventory/inventory.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { fill } from '../knowledge/runbook.ts';
import type { Tx } from '../postgres/database.ts';
import { besides, left, plan } from './diagnose.ts';
import { escalate } from './escalate.ts';
import { mendedElsewhere } from './evidence/gather.ts';
import { handOver } from './handoffs/hand-over.ts';
import { takeUp } from './handoffs/take-up.ts';
import type { Incident } from './incident.ts';
import { begun, causeOf } from './investigate.ts';
import { actorOf, type Responder } from './responder.ts';
import { type Route, route } from './route.ts';
import { ageOf, loadLog, lock, lockReception, update } from './store.ts';

/** Decides who or what mends an incident, by what is at stake, and hands it on. Safe to call twice. */
export async function routeIncident(responder: Responder, id: IncidentId): Promise<void> {
  if ((await takeUp(responder, id, 'routing')).kind === 'nothing') return;
  await save(responder.gateway, async (tx) => {
    // Two of one cause may have been diagnosed at the same time: of those one is mended. Before any incident's own lock.
    await lockReception(tx);
    const incident = await lock(tx, id);
    if (incident?.status !== 'routing') return { result: undefined, entries: [], jobs: [] };
    const { entries, jobs } = await follow(responder, tx, incident, await weigh(responder, tx, incident));
    const argue = { name: 'argue' as const, incident: id };
    return { result: undefined, entries, jobs: responder.opinion ? [...jobs, argue] : jobs };
  });
}

async function weigh(responder: Responder, tx: Tx, incident: Incident): Promise<Route> {
  const { inventory, runbooks, now } = responder;
  const { kind, severity, service, direction } = incident;
  const found =
    (await loadLog(tx, incident.id)).findLast((one) => one.kind === 'diagnosis')?.facts.hypotheses ?? [];
  const elsewhere = await mendedElsewhere(tx, [incident.id]);
  const here = found.map((one) => besides(one, { elsewhere })).sort((a, b) => b.confidence - a.confidence);
  const causes = left(here, direction, inventory);
  const on = causes[0]?.known.server;
  return route({
    ...{ kind, severity, now: now() },
    minutesOpen: (await ageOf(tx, incident.id)) / 60,
    service: findService(inventory, service),
    server: on === undefined ? undefined : findServer(inventory, on),
    plan: plan(causes, runbooks, incident),
  });
}

async function follow(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  routed: Route,
): Promise<Consequences> {
  const { id, service, worker, attempt } = incident;
  const by: By = actorOf(responder, worker);
  const { impact, stakes } = routed;
  const entry = { kind: 'incident.routed' as const, by, about: { incident: id, service } };
  if (routed.kind === 'escalate') {
    const { because, asks } = routed;
    const asked = await escalate(responder, tx, incident, because, { asks });
    const facts = { to: 'people', impact, asks: { ...asks } };
    return { entries: [{ ...entry, facts, because: [because, stakes] }, ...asked.entries], jobs: asked.jobs };
  }
  const { cause, runbook, because } = routed.plan;
  await update(tx, id, { status: 'remediating', cause: causeOf(cause), runbook: begun(runbook, attempt) });
  const handed = await handOver(
    responder,
    tx,
    { ...incident, status: 'remediating' },
    {
      from: { worker, duty: 'routing' },
      to: 'resolution',
      intent: intentOf(responder, routed.plan),
      confidence: cause.confidence,
      reasoning: [`${cause.says}.`, because, stakes],
      evidence: cause.for,
      tells: (line) => ({ kind: 'routed', facts: { handed: line ?? because, stakes, tell: routed.tell } }),
    },
  );
  const facts = { to: 'runbook', runbook: runbook.id, impact, tell: routed.tell };
  return { entries: [{ ...entry, facts, because: [because, stakes] }, ...handed.entries], jobs: handed.jobs };
}

/** What resolution is to do: the runbook's steps as they would read on a card, else its title. */
function intentOf(
  { gateway }: Responder,
  { runbook, cause }: Extract<Route, { kind: 'runbook' }>['plan'],
): string {
  const steps = runbook.steps.map((step) => {
    const filled = fill(step, cause.known);
    const tool = gateway.tools.find(({ name }) => name === step.tool);
    const given = filled.kind === 'filled' ? tool?.arguments.safeParse(filled.arguments) : undefined;
    return tool && given?.success ? tool.what(given.data) : undefined;
  });
  const said = steps.every((one) => one !== undefined) ? steps.join(', then ') : runbook.title;
  return said.charAt(0).toLowerCase() + said.slice(1);
}
