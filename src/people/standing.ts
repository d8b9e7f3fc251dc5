import type { Standing, Standings } from '../chat/standing.ts';

const keptMs = 60_000;

/**
 * Remembers for 60 s what `surface` said of an account; `unknown` is asked again each time. A throw counts
 * as `unknown`: whoever cannot be vouched for is refused. `now` in any clock that goes forward.
 */
export function rememberStandings(surface: Standings, now: () => Date): Standings {
  const said = new Map<string, { standing: Standing; until: number }>();
  return {
    standingOf: async (account) => {
      const kept = said.get(account);
      if (kept && isWithin(kept.until, now().getTime())) return kept.standing;
      said.delete(account);
      const standing = await surface.standingOf(account).catch((): Standing => 'unknown');
      if (standing !== 'unknown') said.set(account, { standing, until: now().getTime() + keptMs });
      return standing;
    },
  };
}

/** A clock that was set back must not keep an answer alive. */
function isWithin(until: number, at: number): boolean {
  return at < until && until - at <= keptMs;
}

/** Why somebody of this standing may not decide anything; undefined for a full member. */
export function objectionTo(standing: Standing): string | undefined {
  return objections[standing];
}

/** To whoever has an account that belongs to nobody here. */
export const notKnown =
  'Roster does not know you, so nothing was changed: ask your administrator to add your account to manifests/people.yaml.';

const objections: Record<Standing, string | undefined> = {
  member: undefined,
  guest:
    'Your account is a guest’s here, so nothing was changed: only full members of the workspace may decide.',
  stranger:
    'Your account belongs to another workspace, so nothing was changed: only full members of this one may decide.',
  deactivated: 'Your account is deactivated, so nothing was changed.',
  bot: 'This account is a bot’s, so nothing was changed: only people may decide.',
  unknown:
    'It could not be asked just now whether you are a full member of this workspace, so nothing was changed: try again in a minute.',
};
