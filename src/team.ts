// The team: which workers there are, how each signs, and who is on shift.
import type { Gateway } from './actions/gateway.ts';
import { bylineOf } from './charter/byline.ts';
import { type Charter, versionOf } from './charter/charter.ts';
import type { Byline } from './chat/card.ts';
import type { WorkerId } from './ids.ts';
import { modeOf } from './policy/rules/rollout.ts';

export interface Team {
  /** The charters of those who work here; one adopted meanwhile is read as it is now. */
  workers(): Charter[];
  /** How a worker signs; as the team's voice where it is not known, or nobody is meant. */
  byOf(worker: WorkerId | null | undefined): Byline;
  /** Who is on shift, under which charter, in which mode: a sentence. */
  shift(): string;
}

/** The team of `charters`; `voice` speaks for all of it. */
export function teamOf(gateway: Gateway, charters: Charter[], voice: Charter): Team {
  const now = (one: Charter) => gateway.charterOf(one.worker) ?? one;
  const workers = () => charters.map(now);
  const modeNow = ({ worker }: Charter) => modeOf(gateway.policy, gateway.site, worker);
  const byOf: Team['byOf'] = (worker) => bylineOf((worker && gateway.charterOf(worker)) || now(voice));
  const shift = () => {
    const modes = new Set(workers().map(modeNow));
    const [same] = modes.size === 1 ? modes : [];
    const each = workers().map(
      (one) => `${one.name} (${one.role}, ${versionOf(one)}${same ? '' : `, ${modeNow(one)} mode`})`,
    );
    return `On shift${same ? ` in ${same} mode` : ''} on this ${gateway.site} site: ${each.join(', ')}.`;
  };
  return { workers, byOf, shift };
}
