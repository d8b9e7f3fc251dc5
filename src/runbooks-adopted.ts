// A runbook's way into force: put forward after an incident, wanted by a governor, approved by somebody else.
import type { Gateway } from './actions/gateway.ts';
import { propose } from './actions/propose.ts';
import { action as findAction } from './actions/read.ts';
import { differences } from './charter/differences.ts';
import { digestInForce, keep, titleOf } from './charter/force.ts';
import type { Reply } from './chat/door.ts';
import type { Core } from './handlers.ts';
import type { IncidentId, WorkerId } from './ids.ts';
import { mayIntervene } from './incidents/intervene.ts';
import {
  askedProposals,
  type Proposal,
  releaseAsked,
  runbookProposalOf,
  setAsked,
  setSettled,
} from './incidents/post-mortem/proposals.ts';
import type { Handlers } from './jobs/job.ts';
import { save } from './jobs/save.ts';
import { runbookHeld } from './knowledge/shelf.ts';
import type { Person } from './people/people.ts';

type Adopting = Pick<Core, 'responder' | 'charter'>;

/** Asks for the adoption of what was put forward. Pressed twice it is asked for once. */
export async function adoptRunbook(
  { responder, charter }: Adopting,
  id: IncidentId,
  person: Person,
): Promise<Reply> {
  if (!person.roles.includes('governor'))
    return note('Only a governor can adopt a runbook: ask one of them.');
  const { gateway } = responder;
  const found = await runbookProposalOf(gateway.db, id);
  if (!found) return note('There is no such runbook any more.');
  if (found.settled || found.asked) return note('It is asked for or settled already: the card shows it.');
  const newest = responder.runbooks.find((one) => one.id === found.runbook.id);
  if (newest && newest.version >= found.runbook.version)
    return note(
      `Version ${newest.version} of ${newest.id} is in force meanwhile, so this can be adopted no more.`,
    );
  const action = await ask(gateway, found, { worker: charter.worker, person });
  await save(gateway, async (tx) => {
    await setAsked(tx, id, action);
    return { result: undefined, entries: [], jobs: [{ name: 'show', subject: `incident:${id}` }] };
  });
  return { kind: 'nothing' };
}

async function ask(
  gateway: Gateway,
  { runbook, was, because, incident, tries }: Proposal,
  by: { worker: WorkerId; person: Person },
) {
  const held = runbookHeld(runbook);
  const { what, version, digest } = held;
  await save(gateway, async (tx) => {
    await keep(tx, held);
    return { result: undefined, entries: [], jobs: [] };
  });
  return propose(gateway, {
    worker: by.worker,
    incident: null,
    step: null,
    tool: 'adopt',
    arguments: { what, version, from: await digestInForce(gateway.db, what), to: digest },
    requestedBy: by.person.id,
    request: `runbook of ${incident}, ${tries}`,
    confidence: 1,
    why: `Put forward after ${incident}: ${because}`,
    evidence: differences(was ?? {}, runbook),
    expected: `Workers follow ${titleOf(held)} for ${runbook.mends}; each step is decided and asked for as any.`,
  });
}

/** A person does not want it; the same is not put forward again. */
export function declineRunbook({ responder }: Adopting, id: IncidentId, person: Person): Promise<Reply> {
  const roles = mayIntervene(responder);
  if (!person.roles.some((role) => roles.includes(role)))
    return Promise.resolve(note(`Only ${roles.join(' or ')} may decline it: ask one of them.`));
  return save(responder.gateway, async (tx) => {
    const found = await runbookProposalOf(tx, id);
    if (!found || found.asked || !(await setSettled(tx, id, 'declined', person.id)))
      return {
        result: note('It is asked for or settled already: the card shows it.'),
        entries: [],
        jobs: [],
      };
    const facts = { runbook: `${found.runbook.id}@${found.runbook.version}` };
    return {
      result: { kind: 'nothing' } as Reply,
      entries: [{ kind: 'runbook.declined', by: { person: person.id }, about: { incident: id }, facts }],
      jobs: [{ name: 'show', subject: `incident:${id}` }],
    };
  });
}

/** Notes what came of those that were asked for. Safe to call twice. */
export async function tendRunbooks({ gateway }: { gateway: Gateway }): Promise<void> {
  for (const { incident, asked } of await askedProposals(gateway.db)) {
    const action = asked && (await findAction(gateway.db, asked));
    if (!action?.endedAt) continue;
    const { status } = action;
    await save(gateway, async (tx) => {
      if (status === 'done' || status === 'rejected')
        await setSettled(tx, incident, status === 'done' ? 'adopted' : 'rejected', null);
      else await releaseAsked(tx, incident);
      return { result: undefined, entries: [], jobs: [{ name: 'show', subject: `incident:${incident}` }] };
    });
  }
}

/** What follows runbooks, or changes them, begins with those in force, whatever process adopted one. */
export function upToDate(handlers: Handlers, refresh: () => Promise<void>): Handlers {
  const after =
    <T>(handle: (data: T) => Promise<void>) =>
    async (data: T) => {
      await refresh();
      await handle(data);
    };
  return {
    ...handlers,
    hear: after(handlers.hear),
    investigate: after(handlers.investigate),
    'route-incident': after(handlers['route-incident']),
    remediate: after(handlers.remediate),
    'draft-post-mortem': after(handlers['draft-post-mortem']),
    'advance-action': after(handlers['advance-action']),
  };
}

function note(text: string): Reply {
  return { kind: 'note', text };
}
