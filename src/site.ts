// The site: what the app works on, be it the trial's make-believe company or a real one.
import type { Reference } from './chat/teams/send.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Own } from './manifests.ts';
import type { Person, Places } from './people/people.ts';
import type { JiraWishes, ServiceNowWishes, Wishes } from './records/wishes.ts';
import type { Settings, Slack, Teams } from './settings.ts';
import type { Access } from './systems/http.ts';
import type { Command } from './workers/command.ts';
import { Refused } from './written.ts';

export interface Pace {
  /** From one scrape to the next. */
  cycleMs: number;
  /** How long metrics must be usual to count as mended. */
  verifyMs: number;
  /** From one look at a running effect to the next. */
  lookAgainMs: number;
  /** How long the draft of a post-mortem may be edited before it files itself. */
  fileMs: number;
  /** How long somebody who is asked has before the next is; as routing.yaml says where nothing stands here. */
  askNextMs?: number;
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
  /** What keeps change records; undefined: nothing does. */
  keepers?: Keepers;
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

/** Where change records are kept, and how they are to look. */
export interface Keepers {
  servicenow?: { access: Access; wishes: ServiceNowWishes };
  jira?: { access: Access; wishes: JiraWishes };
}

const dayMs = 86_400_000;
/** But for how many days a post-mortem stays a draft, which its settings say. */
export const realPace: Omit<Pace, 'fileMs'> = { cycleMs: 60_000, verifyMs: 600_000, lookAgainMs: 3_000 };

/** A real site from its settings and its own manifests. Throws `Refused` when a source is missing. */
export function realSite(settings: Settings, { wishes, ...own }: Own): Site {
  const { site, prometheus, loki, jaeger, awx, publicUrl, postMortemDays } = settings;
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
    ...keepersOf(settings, wishes),
    ...(publicUrl && { publicUrl }),
    ...own,
    pace: { ...realPace, fileMs: postMortemDays * dayMs },
    commands: [],
    ready: () => {},
    close: async () => {},
  };
}

/** What the settings say keeps change records. Throws `Refused` when it is not said where in it. */
function keepersOf({ servicenow, jira }: Settings, wishes: Wishes): { keepers?: Keepers } {
  if (!servicenow && !jira) return {};
  if (jira && !wishes.jira)
    throw new Refused([
      'JIRA_URL is set and change-records.yaml names no project: write "jira: { project: OPS }" there, with the key of your change project.',
    ]);
  return {
    keepers: {
      ...(servicenow && { servicenow: { access: servicenow, wishes: wishes.servicenow } }),
      ...(jira && wishes.jira && { jira: { access: jira, wishes: wishes.jira } }),
    },
  };
}
