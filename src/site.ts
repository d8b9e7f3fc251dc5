// The site: what the app works on, be it the trial's make-believe company or a real one.
import type { Reference } from './chat/teams/send.ts';
import type { Inventory } from './inventory/inventory.ts';
import { type Own, Refused } from './manifests.ts';
import type { Person, Places } from './people/people.ts';
import type { Settings, Slack, Teams } from './settings.ts';
import type { Access } from './systems/http.ts';
import type { Command } from './workers/command.ts';

export interface Pace {
  /** From one scrape to the next. */
  cycleMs: number;
  /** How long metrics must be usual to count as mended. */
  verifyMs: number;
  /** From one look at a running effect to the next. */
  lookAgainMs: number;
}

export interface Site {
  kind: 'trial' | 'real';
  /** The surfaces that are open: at least one. */
  slack?: Slack;
  teams?: Teams & {
    /** Conversations that can be reached before anybody has spoken in them. */
    known?: Reference[];
    /** Where the platform's public keys are described, when not at Microsoft. */
    keysUrl?: string;
  };
  prometheus: Access;
  loki: Access;
  /** Undefined: there are no traces to look at. */
  jaeger?: Access;
  awx: Access | undefined;
  people: Person[];
  places: Places;
  inventory: Inventory;
  pace: Pace;
  /** Where this app is reached from outside, without a slash at its end: chat platforms fetch pictures there. */
  publicUrl?: string;
  /** Commands only this site has. */
  commands: Command[];
  /** Called once everything listens and works. */
  ready(): void;
  close(): Promise<void>;
}

export const realPace: Pace = { cycleMs: 60_000, verifyMs: 600_000, lookAgainMs: 3_000 };

/** A real site from its settings and its own manifests. Throws `Refused` when a source is missing. */
export function realSite({ site, prometheus, loki, jaeger, awx, publicUrl }: Settings, own: Own): Site {
  if (site.kind !== 'real') throw new Error("These settings are a trial's.");
  const missing = [prometheus ? [] : ['PROMETHEUS_URL'], loki ? [] : ['LOKI_URL']].flat();
  if (!prometheus || !loki)
    throw new Refused(
      missing.map(
        (name) => `${name} is not set, wanted the address of the system this site is watched with.`,
      ),
    );
  return {
    kind: 'real',
    ...(site.slack && { slack: site.slack }),
    ...(site.teams && { teams: site.teams }),
    prometheus,
    loki,
    ...(jaeger && { jaeger }),
    awx,
    ...(publicUrl && { publicUrl }),
    ...own,
    pace: realPace,
    commands: [],
    ready: () => {},
    close: async () => {},
  };
}
