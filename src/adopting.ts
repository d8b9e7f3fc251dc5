// Adopting the policy, the charters and runbooks: the files are the proposals, and what mended an incident is one; the database holds what is in force, and a
// person other than the one who proposes approves each difference: an action like any other, through the gateway.
import { z } from 'zod';
import type { Gateway } from './actions/gateway.ts';
import { propose } from './actions/propose.ts';
import { action as findAction } from './actions/read.ts';
import { type Charter, charterSchema } from './charter/charter.ts';
import { unheldDuties } from './charter/duty.ts';
import {
  type Compared,
  cameInForceBy,
  chartersInForce,
  compare,
  digestInForce,
  type Held,
  keep,
  nameOf,
  type Replacing,
  titleOf,
  type What,
} from './charter/force.ts';
import type { ActionId, PersonId, WorkerId } from './ids.ts';
import { heldIn, putInForce } from './in-force.ts';
import { type Store, save } from './jobs/save.ts';
import type { Proposed } from './manifests.ts';
import type { Tool } from './tools/tool.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const asked = z.strictObject({
  what: z
    .string()
    .regex(/^(policy|(charter|runbook):[a-z][a-z0-9-]{1,60})$/)
    .transform((what) => what as What),
  version: z.string().min(1).max(40),
  from: digest.or(z.literal('none')),
  to: digest,
});

/** Puts a policy or charter that was kept as a proposal in force. Begun twice under one key it does it once. */
export function adopt(store: Store): Tool<Replacing> {
  const done = { kind: 'done', output: 'It is in force.' } as const;
  return {
    name: 'adopt',
    version: 1,
    risk: 'medium',
    arguments: asked,
    what: (given) => `Put ${titleOf(given)} (${given.to.slice(0, 12)}) in force`,
    target: ({ what }) => what,
    inverse: ({ what, from }) => ({
      kind: 'none',
      says:
        from === 'none'
          ? `Stop the worker with the kill switch: there was no ${nameOf(what)} before.`
          : `Propose the ${nameOf(what)} of digest ${from.slice(0, 12)} again.`,
    }),
    reliesOn: async ({ what }) => ({ [`${nameOf(what)} in force`]: await digestInForce(store.db, what) }),
    takesKey: true,
    start: async (replacing, key) => {
      const action = key as ActionId;
      const person = (await findAction(store.db, action))?.requestedBy ?? null;
      const adopted = await save(store, (tx) => putInForce(tx, replacing, { person, action }));
      return adopted.kind === 'refused' ? { kind: 'failed', because: adopted.because } : done;
    },
    look: async () => done,
    find: async (key) => ((await cameInForceBy(store.db, key)) ? key : undefined),
  };
}

export interface Proposer {
  worker: WorkerId;
  person: PersonId;
  /** What they said, when it may be heard twice. */
  request?: string | undefined;
}

/**
 * Proposes what the files say and is not in force, each with every difference as evidence: all of it, or what
 * `word` names, "policy" or a worker. Returns sentences for the one who asked.
 */
export async function proposeChanged(
  gateway: Gateway,
  files: Proposed,
  by: Proposer,
  word: string,
): Promise<string> {
  const held = heldIn(files);
  const named = word.trim().toLowerCase();
  const wanted = held.filter(({ what }) => !named || what === named || what === `charter:${named}`);
  if (wanted.length === 0)
    return `There is no charter of "${named.slice(0, 40)}" in manifests/workers: wanted ${held.map(({ what }) => what.replace('charter:', '')).join(', ')}, or nothing for all that changed.`;
  const said: string[] = [];
  for (const one of wanted) {
    const compared = await compare(gateway.db, one);
    if (compared.differences.length === 0) continue;
    const { inForce } = compared;
    const before = inForce ? titleOf({ what: one.what, ...inForce }) : 'none';
    const why = `manifests/ has ${titleOf(one)}, and ${before} is in force.`;
    said.push(await proposeHeld(gateway, one, compared, by, why));
  }
  if (said.length > 0) return said.join(' ');
  return `In force already: ${wanted.map(titleOf).join(', ')}. Change a file in manifests/ first.`;
}

/** Proposes a text as it is held, with how it differs from what is in force. Returns a sentence for the one who asked. */
export async function proposeHeld(
  gateway: Gateway,
  held: Held,
  { inForce, differences, objection }: Compared,
  by: Proposer,
  why: string,
): Promise<string> {
  if (objection) return objection;
  if (locksOut(held, by.worker))
    return `The charter of ${by.worker} needs adopt under authority.ask and the duty monitoring: without them nothing could be adopted ever after.`;
  const lost = await dutiesLost(gateway, held);
  if (lost) return lost;
  const { what, version } = held;
  const title = titleOf(held);
  await save(gateway, async (tx) => {
    await keep(tx, held);
    return { result: undefined, entries: [], jobs: [] };
  });
  await propose(gateway, {
    worker: by.worker,
    incident: null,
    step: null,
    tool: 'adopt',
    arguments: { what, version, from: inForce?.digest ?? 'none', to: held.digest },
    requestedBy: by.person,
    ...(by.request && { request: `${by.request} ${what}` }),
    confidence: 1,
    why,
    evidence: differences,
    expected: `Every decision from then on is made under ${title}; what waits is asked anew.`,
  });
  return `Put before the approvers: ${title}. Somebody other than you must approve it.`;
}

/** Why a charter cannot come into force yet: nobody would have a duty that it gives up. */
async function dutiesLost({ db, inventory }: Gateway, held: Held): Promise<string | undefined> {
  if (held.what === 'policy') return undefined;
  const services = inventory.services.map(({ id }) => id);
  const charter = charterSchema.parse(JSON.parse(held.text));
  const before = await chartersInForce(db);
  const after = [...before.filter(({ worker }) => worker !== charter.worker), charter];
  const [lost] = unheldDuties(after, services).filter((one) => !unheldDuties(before, services).includes(one));
  return (
    lost &&
    `The ${titleOf(held)} gives up what nobody else in force has, so another must be adopted first. ${lost}`
  );
}

/** The worker that adopts could do so no more. */
function locksOut({ what, text }: Held, worker: WorkerId): boolean {
  if (what !== `charter:${worker}`) return false;
  const { authority, duties } = JSON.parse(text) as Charter;
  return !authority.ask.includes('adopt') || !duties.includes('monitoring');
}
