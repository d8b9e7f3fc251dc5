import type { PersonId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import type { Tx } from '../postgres/database.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { atStake } from './route.ts';
import { ageOf, log, update } from './store.ts';

/** A person says how bad it is: from then on nothing else does, and who must know of a worse one is told. */
export async function setSeverity(
  { inventory, now }: Responder,
  tx: Tx,
  { id, kind, service, severity: before }: Incident,
  person: PersonId,
  severity: number,
): Promise<Intervened> {
  if (severity === before) return notNow(`It is SEV${severity} already.`);
  await update(tx, id, { severity, severityBy: person });
  const matter = { kind, now: now(), minutesOpen: (await ageOf(tx, id)) / 60 };
  const known = { ...matter, service: findService(inventory, service) };
  const { impact, stakes } = atStake({ ...known, severity });
  const was = atStake({ ...known, severity: before });
  const rises = severity < before && impact === 'high' && was.impact !== 'high';
  const tell = rises && known.service ? [known.service.owner] : [];
  await log(tx, id, { kind: 'severity', facts: { person, from: before, to: severity, stakes, tell } });
  return {
    result: { kind: 'done', because: `It is SEV${severity} from here on. ${stakes}` },
    entries: [
      {
        kind: 'incident.severity-set',
        by: { person },
        about: { incident: id, service },
        facts: { from: before, to: severity, impact, tell },
      },
    ],
    jobs: [{ name: 'show', subject: `incident:${id}` }],
  };
}
