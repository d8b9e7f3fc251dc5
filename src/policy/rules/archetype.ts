import type { Risk } from '../../tools/tool.ts';
import { type Archetype, type Facts, type Kind, kinds, type Said } from '../facts.ts';
import type { Policy, Terms } from '../policy.ts';

/** How the people and workers of a target's teams share their changes: at least what their choice asks, never less than the others do. */
export function archetype({ tool, target }: Facts, { teams }: Policy): Said {
  let said: Said = {
    rule: 'archetype',
    kind: 'allow',
    because: 'No team of its target shares it otherwise.',
  };
  for (const team of target.units) {
    const chosen = teams[team]?.archetype;
    if (chosen === undefined) continue;
    const kind = least[chosen][tool.risk];
    if (kinds.indexOf(kind) > kinds.indexOf(said.kind))
      said = { rule: 'archetype', kind, because: `The team ${team} works as ${chosen}: ${then[kind]}.` };
  }
  return said;
}

const least: Record<Archetype, Record<Risk, 'allow' | 'notify' | 'ask'>> = {
  'human-lead': { low: 'ask', medium: 'ask', high: 'ask' },
  'digital-lead': { low: 'notify', medium: 'notify', high: 'notify' },
  peers: { low: 'notify', medium: 'ask', high: 'ask' },
  'human-governance': { low: 'allow', medium: 'ask', high: 'ask' },
};

const then: Record<Exclude<Kind, 'refuse'>, string> = {
  allow: 'as the central policy has it',
  notify: 'it is told of such a change',
  ask: 'a person decides on such a change',
};

/**
 * Who must answer, when it is asked: the central policy's seats for the risk, some of them held by other roles
 * where a team of the target chose so. Never fewer seats, more time or less to type.
 */
export function termsFor({ tool, target }: Pick<Facts, 'tool' | 'target'>, policy: Policy): Terms {
  const terms = policy.ask[tool.risk];
  const move = movesOf(tool.risk, target.units, policy);
  return move ? { ...terms, seats: terms.seats.map(move) } : terms;
}

type Move = (seat: string[]) => string[];

/** Of several teams the one that asks highest: governors before leads, leads before peers. */
function movesOf(risk: Risk, units: string[], { teams }: Policy): Move | undefined {
  const choosing = (chosen: Archetype) => units.filter((team) => teams[team]?.archetype === chosen);
  if (risk !== 'low' && choosing('human-governance').length > 0) return toGovernors;
  const led = choosing('human-lead');
  if (risk !== 'high' && led.length > 0) return toLeads(led);
  return risk === 'medium' && choosing('peers').length > 0 ? toPeers : undefined;
}

const toGovernors: Move = (seat) =>
  seat.includes('on-call')
    ? [...new Set(seat.map((role) => (role === 'on-call' ? 'governor' : role)))]
    : seat;

const toPeers: Move = (seat) =>
  seat.includes('on-call') ? seat.filter((role) => role !== 'governor') : seat;

const toLeads =
  (teams: string[]): Move =>
  (seat) =>
    seat.includes('on-call') ? [...teams.map((team) => `${team}-lead`), ...toPeers(seat)] : seat;
