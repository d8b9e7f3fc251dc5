// What is in force: the files at the very first start, what was adopted ever after.
import type { Gateway } from './actions/gateway.ts';
import { waitingActions } from './actions/read.ts';
import type { Charter } from './charter/charter.ts';
import {
  type Adopted,
  charterHeld,
  charterInForce,
  chartersInForce,
  compare,
  enforce,
  type Held,
  holdInForce,
  keep,
  kindOf,
  nameOf,
  type Origin,
  type Replacing,
  titleOf,
} from './charter/force.ts';
import type { WorkerId } from './ids.ts';
import { type Consequences, type Store, save } from './jobs/save.ts';
import type { Proposed } from './manifests.ts';
import { policyHeld, policyInForce } from './policy/force.ts';
import type { Policy } from './policy/policy.ts';
import type { Db, Tx } from './postgres/database.ts';

/** All that waits for an approval is looked at again: asked under the old rules, it is asked anew. */
export async function putInForce(
  tx: Tx,
  replacing: Replacing,
  { person, action }: Origin,
): Promise<{ result: Adopted } & Consequences> {
  const { what, version, to } = replacing;
  const result = await enforce(tx, replacing, { person, action });
  if (result.kind !== 'adopted') return { result, entries: [], jobs: [] };
  const waiting = await waitingActions(tx);
  return {
    result,
    entries: [
      {
        kind: `${kindOf(what)}.adopted` as const,
        by: { roster: 'gateway' },
        ...(action && { about: { action } }),
        facts: { what, version, contents: to, proposedBy: person },
      },
    ],
    jobs: waiting.map((one) => ({ name: 'advance-action', action: one })),
  };
}

interface Rules {
  policy: Policy;
  charters: Charter[];
  /** Where the files say something else: a sentence each. */
  warnings: string[];
}

/**
 * The rules to decide with: what is in force. At the very first start the files come into force by themselves.
 * Throws when what is in force cannot be read.
 */
export async function rulesAtStart(store: Store, files: Proposed): Promise<Rules> {
  await save(store, (tx) => putFirst(tx, files));
  const policy = await policyInForce(store.db);
  const charters = await chartersInForce(store.db);
  const gone = charters.filter(({ worker }) => !files.charters.some((one) => one.worker === worker));
  const warnings = gone.map(
    ({ worker }) => `The charter of ${worker} is in force and has no file in manifests/workers.`,
  );
  return { policy, charters, warnings: [...(await differing(store.db, files)), ...warnings] };
}

async function differing(db: Db, files: Proposed): Promise<string[]> {
  const compared = await Promise.all(heldIn(files).map((held) => compare(db, held)));
  return compared
    .filter(({ differences }) => differences.length > 0)
    .map(({ what, inForce }) => {
      const how = inForce ? `differs from ${titleOf({ what, ...inForce })}, which is` : 'is not';
      return `The ${nameOf(what)} in manifests/ ${how} in force: "/roster adopt" proposes it.`;
    });
}

/** A gateway that decides by what is in force, read anew in every deciding transaction. */
export function underRules<Others extends object>(
  others: Others,
  { policy, charters }: Pick<Rules, 'policy' | 'charters'>,
): Others & Pick<Gateway, 'policy' | 'charterOf' | 'refresh'> {
  const inForce = new Map<WorkerId, Charter | undefined>(charters.map((one) => [one.worker, one]));
  const gateway = {
    ...others,
    policy,
    charterOf: (worker: WorkerId) => inForce.get(worker),
    refresh: async (tx: Tx, worker: WorkerId) => {
      gateway.policy = await policyInForce(tx);
      inForce.set(worker, await charterInForce(tx, worker));
    },
  };
  return gateway;
}

/** A first policy, and first charters; a charter that comes after the first ones is approved like any change. */
async function putFirst(tx: Tx, files: Proposed): Promise<{ result: undefined } & Consequences> {
  const before = await holdInForce(tx);
  const kinds = new Set(before.map(kindOf));
  const put: Consequences[] = [];
  for (const held of heldIn(files).filter(({ what }) => !kinds.has(kindOf(what)))) {
    await keep(tx, held);
    const replacing = { what: held.what, version: held.version, from: 'none', to: held.digest };
    put.push(await putInForce(tx, replacing, { person: null, action: null }));
  }
  return {
    result: undefined,
    entries: put.flatMap(({ entries }) => entries),
    jobs: put.flatMap(({ jobs }) => jobs),
  };
}

/** Everything the files propose. */
export function heldIn({ policy, charters }: Proposed): Held[] {
  return [policyHeld(policy), ...charters.map(charterHeld)];
}
