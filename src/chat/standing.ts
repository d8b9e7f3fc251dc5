/** What an account is on its surface. `unknown`: the surface did not say, or not in time. */
export type Standing = 'member' | 'guest' | 'stranger' | 'deactivated' | 'bot' | 'unknown';

/** Asks a surface what one of its accounts, such as `slack:U01ALICE`, is right now. Never throws. */
export interface Standings {
  standingOf(account: string): Promise<Standing>;
}
