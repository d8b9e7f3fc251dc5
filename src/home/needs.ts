import type { Charter, Duty } from '../charter/charter.ts';
import { nextDuty, onDuty } from '../charter/duty.ts';
import type { Text } from '../chat/card.ts';
import type { WorkerId } from '../ids.ts';
import { givingWay } from './conflicts.ts';
import type { Member } from './fleet.ts';
import { nameIn, type Rows } from './rows.ts';

type Known = Pick<Rows, 'charters' | 'inventory'>;

/** To whom a worker hands what it has done, by duty, and for which services where that differs. Pure. */
export function handsOn({ charters, inventory }: Known, charter: Charter): Member['hands'] {
  const hands: Member['hands'] = [];
  for (const duty of charter.duties) {
    const next = nextDuty(duty);
    if (!next) continue;
    const own = inventory.services.filter(({ id }) => onDuty(charters, duty, id)?.worker === charter.worker);
    const to = new Map<WorkerId, string[]>();
    for (const { id } of own) {
      const receiver = onDuty(charters, next, id)?.worker;
      if (receiver && receiver !== charter.worker) to.set(receiver, [...(to.get(receiver) ?? []), id]);
    }
    for (const [worker, services] of to) {
      const all = services.length === own.length;
      hands.push({ to: nameIn({ charters }, worker), duty: next, services: all ? [] : services });
    }
  }
  return hands;
}

/** Whom or what a worker waits for, and what it cannot see; decisions of people last. Pure. */
export function waitsFor(rows: Rows, { worker, duties: own }: Charter): Text[] {
  const { handoffs, approvals, blind } = rows;
  const untaken = handoffs.filter(({ from, to }) => from === worker && to !== worker);
  const asked = approvals.filter((one) => one.worker === worker);
  const behind = givingWay(rows).filter(({ waits }) => waits.worker === worker);
  const unseen = blind.filter(({ source }) => reads[source].some((duty) => own.includes(duty)));
  return [
    ...untaken.map(
      ({ incident, to, at }): Text => [
        `${nameIn(rows, to)} to take up ${incident}, handed over `,
        { time: at },
      ],
    ),
    ...behind.map(({ waits, runs }) => {
      return `${nameIn(rows, runs.worker)}, whose "${runs.what}" runs for ${runs.incident}, to begin it for ${waits.incident}`;
    }),
    ...unseen.map(({ says, since }): Text => [`data it cannot see since `, { time: since }, `: ${says}`]),
    ...asked.map(({ what, expiresAt }): Text => [`a decision on "${what}" until `, { time: expiresAt }]),
  ];
}

/** Whose duty it is to read what. */
const reads: Record<Rows['blind'][number]['source'], Duty[]> = {
  metrics: ['monitoring', 'analysis', 'resolution'],
  evidence: ['analysis'],
};
