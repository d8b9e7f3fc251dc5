import { save } from '../../jobs/save.ts';
import type { Responder } from '../responder.ts';
import { lateTasks } from './read.ts';
import { loadDue, lock, setFiled, setReminded } from './store.ts';

/** Files drafts whose time is up and reminds owners of what is late, each once. Safe to call twice. */
export async function tendPostMortems({ gateway, now }: Pick<Responder, 'gateway' | 'now'>): Promise<void> {
  const at = now();
  for (const incident of await loadDue(gateway.db, at))
    await save(gateway, async (tx) => {
      const row = await lock(tx, incident);
      if (!row || row.filedAt) return { result: undefined, entries: [], jobs: [] };
      await setFiled(tx, incident, null, at);
      const because = ['Its time to be edited was up.'];
      return {
        result: undefined,
        entries: [
          { kind: 'post-mortem.filed', by: { roster: 'post-mortems' }, about: { incident }, because },
        ],
        jobs: [{ name: 'show', subject: `incident:${incident}` }],
      };
    });
  const late = (await lateTasks(gateway.db, at)).filter(({ remindedAt }) => remindedAt === null);
  for (const { incident, nth, owner, due } of late)
    await save(gateway, async (tx) => {
      if (!(await setReminded(tx, incident, nth, at))) return { result: undefined, entries: [], jobs: [] };
      const facts = { nth, owner, due };
      return {
        result: undefined,
        entries: [
          { kind: 'post-mortem.task-late', by: { roster: 'post-mortems' }, about: { incident }, facts },
        ],
        jobs: [{ name: 'show', subject: `incident:${incident}` }],
      };
    });
}
