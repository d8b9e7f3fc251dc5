import type { WorkerId } from '../ids.ts';
import { type Charter, type Duty, duties } from './charter.ts';

/** How a charter takes handoffs that says nothing of it: below half it is as likely wrong, and a phase takes seconds. */
const usual = { bar: 0.5, minutes: 5 };

/** From which confidence (0–1) a worker takes a handoff, and within how many minutes. */
export function takesOn({ handoff }: Charter): typeof usual {
  return handoff ?? usual;
}

/**
 * Who has a duty for a service: the charter that names the service, else one that names none; undefined when nobody has.
 * Where charters in force overlap, as while duties change hands, the one with fewer duties has it. Pure.
 */
export function onDuty(charters: Charter[], duty: Duty, service: string): Charter | undefined {
  const having = charters.filter((one) => one.duties.includes(duty)).sort(byDuties);
  return (
    having.find(({ services }) => services?.includes(service)) ?? having.find(({ services }) => !services)
  );
}

/** Another worker with a duty, in place of one that does not do it: the one for the service first. Pure. */
export function standInFor(
  charters: Charter[],
  { worker, duty, service }: { worker: WorkerId; duty: Duty; service: string },
): Charter | undefined {
  const others = charters.filter((one) => one.worker !== worker && one.duties.includes(duty)).sort(byDuties);
  return onDuty(others, duty, service) ?? others[0];
}

/** The duty that what one has done is handed on to; undefined after the last. */
export function nextDuty(duty: Duty): Duty | undefined {
  return duties[duties.indexOf(duty) + 1];
}

function byDuties(a: Charter, b: Charter): number {
  return a.duties.length - b.duties.length || a.worker.localeCompare(b.worker);
}

/** What no two charters may both have, as it is called: two with one duty for one service would both begin. */
export function dutiesIn({ duties: own, services }: Charter): string[] {
  const whats = services?.map((one) => `for ${one}`) ?? ['for every service that no charter names'];
  return [...new Set(own)].flatMap((duty) => whats.map((what) => `the duty ${duty} ${what}`));
}

/** Each duty that nobody has for one of `services`, with what to do about it: a sentence each. Pure. */
export function unheldDuties(charters: Charter[], services: string[]): string[] {
  return duties.flatMap((duty) => {
    const without = services.filter((service) => !onDuty(charters, duty, service));
    if (without.length === 0) return [];
    const where = without.length === services.length ? '' : ` for ${without.join(', ')}`;
    return [`No charter has the duty ${duty}${where}: give it to a worker in manifests/workers.`];
  });
}
