/** What an account is on its surface. `unknown`: the surface did not say, or not in time. */
export type Standing = 'member' | 'guest' | 'stranger' | 'deactivated' | 'bot' | 'unknown';

/** Asks a surface what one of its accounts, such as `slack:U01ALICE`, is right now. Never throws. */
export interface Standings {
  standingOf(account: string): Promise<Standing>;
}

/** One over several surfaces, by the name an account begins with; of an account on none of them nothing is known. */
export function joinStandings(surfaces: Record<string, Standings>): Standings {
  return {
    standingOf: async (account) => {
      const [name = ''] = account.split(':');
      const surface = Object.hasOwn(surfaces, name) ? surfaces[name] : undefined;
      return surface ? await surface.standingOf(account) : 'unknown';
    },
  };
}
