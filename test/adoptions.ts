// Adoption as it is wired: files that propose, processes of their own, Gus who proposes and Maria who approves.
import { sql } from 'kysely';
import { expect } from 'vitest';
import { advance } from '../src/actions/advance.ts';
import type { Gateway } from '../src/actions/gateway.ts';
import { adopt, proposeChanged } from '../src/adopting.ts';
import type { Charter } from '../src/charter/charter.ts';
import type { ActionId, PersonId, WorkerId } from '../src/ids.ts';
import { rulesAtStart, underRules } from '../src/in-force.ts';
import type { Proposed } from '../src/manifests.ts';
import type { Database } from '../src/postgres/database.ts';
import { maria, openStory, ada as unadopting } from './actions/story.ts';
import { policy } from './policy/facts.ts';

export const approve = { kind: 'approve' } as const;
export const gus = { id: 'p-gus' as PersonId, roles: ['governor'] };
export const by = { worker: unadopting.worker, person: gus.id };
export const ada: Charter = {
  ...unadopting,
  duties: ['monitoring'],
  authority: { ...unadopting.authority, ask: ['roll-back', 'adopt'] },
};
export const bo: Charter = { ...ada, worker: 'bo' as WorkerId, name: 'Bo' };
export const raised: Charter = { ...ada, version: 2, role: 'Night worker' };
export const files: Proposed = { policy, charters: [ada] };
/** What is in force once `files` were read at the very first start. */
export const first = [
  { what: 'policy', version: '1', by: null },
  { what: 'charter:ada', version: 'ada@1', by: null },
];

export async function openAdoptions(database: Database) {
  const story = await openStory(database);
  const { db } = database;
  const { policy: _, charterOf: __, ...others } = story.gateway;
  const adoptions = {
    story,
    db,

    /** A process of its own: it knows what was in force when it started. */
    async started(proposed = files): Promise<Gateway & { warnings: string[] }> {
      const rules = await rulesAtStart(others, proposed);
      const tools = [adopt(others), ...others.tools];
      return Object.assign(underRules({ ...others, tools }, rules), { warnings: rules.warnings });
    },

    /** The adoptions that were proposed, oldest first. */
    async all(): Promise<ActionId[]> {
      const { rows } = await sql<{ id: ActionId }>`select id from action where tool = 'adopt'
        order by proposed_at`.execute(db);
      return rows.map(({ id }) => id);
    },

    /** Proposed by Gus, approved by Maria, not yet in force. */
    async approved(gateway: Gateway, charters: Charter[]): Promise<ActionId> {
      await proposeChanged(gateway, { ...files, charters }, by, '');
      const id = (await adoptions.all()).at(-1) as ActionId;
      expect(await story.says(id, approve, maria)).toMatchObject({ kind: 'recorded', complete: true });
      return id;
    },

    async adopted(gateway: Gateway, charters: Charter[]): Promise<void> {
      const id = await adoptions.approved(gateway, charters);
      await advance(gateway, id);
      expect(await story.action(id)).toMatchObject({ status: 'done', output: 'It is in force.' });
    },

    /** Everything that ever came into force, in order. */
    async cameInForce(): Promise<object[]> {
      const { rows } = await sql<object>`select what, version, proposed_by as by
        from in_force join kept_text using (digest) order by id`.execute(db);
      return rows;
    },

    async forget(): Promise<void> {
      await sql`truncate in_force, kept_text, action, approval, approval_answer`.execute(db);
    },
  };
  return adoptions;
}
