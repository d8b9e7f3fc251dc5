// Adopting a policy: the file is the proposal, the database holds what is in force, and a person other than the
// one who proposes it approves the difference: an action like any other, through the gateway.
import { z } from 'zod';
import type { Gateway } from './actions/gateway.ts';
import { propose } from './actions/propose.ts';
import { waitingActions } from './actions/read.ts';
import type { PersonId, WorkerId } from './ids.ts';
import { type Store, save } from './jobs/save.ts';
import { differences, enforce, heldOf, inForce, keepPolicy } from './policy/force.ts';
import type { Policy } from './policy/policy.ts';
import type { Tool } from './tools/tool.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const asked = z.strictObject({ version: z.string().min(1).max(40), from: digest, to: digest });
type Asked = z.infer<typeof asked>;

/** Puts a policy that was kept as a proposal in force. Begun twice under one key it does it once. */
export function adoptPolicy(store: Store): Tool<Asked> {
  return {
    name: 'adopt-policy',
    version: 1,
    risk: 'medium',
    arguments: asked,
    what: ({ version, to }) => `Put policy ${version} (${to.slice(0, 12)}) in force`,
    target: () => 'policy',
    inverse: ({ from }) => ({
      kind: 'none',
      says: `Propose the policy of digest ${from.slice(0, 12)} again.`,
    }),
    reliesOn: async () => ({ 'policy in force': (await inForce(store.db))?.digest ?? 'none' }),
    takesKey: true,
    start: async ({ to, version }) => {
      await putInForce(store, to, version);
      return { kind: 'done', output: `Policy ${version} is in force.` };
    },
    look: async () => ({ kind: 'failed', because: 'Adopting a policy is done at once and never under way.' }),
    find: async () => undefined,
  };
}

/** All that waits for an approval is looked at again: asked under the old policy, it is asked anew. */
function putInForce(store: Store, to: string, version: string): Promise<void> {
  return save(store, async (tx) => {
    if (!(await enforce(tx, to))) return { result: undefined, entries: [], jobs: [] };
    const waiting = await waitingActions(tx);
    return {
      result: undefined,
      entries: [
        {
          kind: 'policy.adopted',
          by: { roster: 'gateway' },
          versions: { policy: version },
          facts: { digest: to },
        },
      ],
      jobs: waiting.map((action) => ({ name: 'advance-action', action })),
    };
  });
}

/** The policy to decide with: what is in force, and at the very first start what the file says. */
export async function policyAtStart(
  store: Store,
  file: Policy,
): Promise<{ policy: Policy; differs: boolean }> {
  const found = await inForce(store.db);
  const held = heldOf(file);
  if (found) return { policy: found.policy, differs: found.digest !== held.digest };
  await save(store, async (tx) => {
    await keepPolicy(tx, held);
    return { result: undefined, entries: [], jobs: [] };
  });
  await putInForce(store, held.digest, held.version);
  return { policy: file, differs: false };
}

/** Proposes what the file says, with every difference as evidence. Returns a sentence for the one who asked. */
export async function proposePolicy(
  gateway: Gateway,
  file: Policy,
  by: { worker: WorkerId; person: PersonId },
): Promise<string> {
  const found = await inForce(gateway.db);
  const held = heldOf(file);
  if (!found) return 'No policy is in force yet: restart Roster to adopt the first one.';
  if (found.digest === held.digest)
    return `Policy ${held.version} is in force already: change manifests/policy.yaml first.`;
  if (found.policy.version === file.version)
    return `manifests/policy.yaml says version ${file.version}, which is in force with other contents: give the changed policy a version of its own.`;
  await save(gateway, async (tx) => {
    await keepPolicy(tx, held);
    return { result: undefined, entries: [], jobs: [] };
  });
  await propose(gateway, {
    worker: by.worker,
    incident: null,
    step: null,
    tool: 'adopt-policy',
    arguments: { version: file.version, from: found.digest, to: held.digest },
    requestedBy: by.person,
    confidence: 1,
    why: `Policy ${found.policy.version} is in force and manifests/policy.yaml says ${file.version}.`,
    evidence: differences(found.policy, file),
    expected: `Every decision from then on is made under policy ${file.version}; what waits is asked anew.`,
  });
  return `Policy ${file.version} is put before the approvers: somebody other than you must approve it.`;
}
