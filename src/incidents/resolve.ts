import { beginAfresh, running } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { endsByWord } from './said.ts';
import { log, setPaused, update } from './store.ts';

/** A person says that it is over, where no metric tells: it ends as any that was mended. */
export async function resolve(
  { gateway }: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { id, service } = incident;
  if (!endsByWord(incident))
    return notNow(
      'Its metrics tell when it is mended: it ends by itself once they stay usual. "false alarm" ends it now.',
    );
  const busy = await running(gateway, tx, id);
  if (busy) return notNow(`"${busy}" is running: wait until it has ended, or stop all workers.`);
  const { attempt, jobs } = await beginAfresh(gateway, tx, id);
  await update(tx, id, { status: 'verified', attempt });
  await setPaused(tx, id, null);
  await log(tx, id, { kind: 'resolved', facts: { person } });
  return {
    result: { kind: 'done', because: 'Noted: it is over, by your word. The post-mortem is written.' },
    entries: [{ kind: 'incident.resolved', by: { person }, about: { incident: id, service } }],
    jobs: [...jobs, { name: 'conclude', incident: id }, { name: 'show', subject: `incident:${id}` }],
  };
}
