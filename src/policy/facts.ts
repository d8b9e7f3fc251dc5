// Policy: may this be done now, by this worker, without asking? Pure: everything it knows is in the facts.
// Not where anything is looked up, asked or run.
import type { Risk } from '../tools/tool.ts';

/** Strictest last. */
export const kinds = ['allow', 'notify', 'ask', 'refuse'] as const;
export type Kind = (typeof kinds)[number];

/** How far a worker is trusted on this site: it says nothing by itself, says what it would do, or does it. */
export const modes = ['observe', 'notify', 'act'] as const;
export type Mode = (typeof modes)[number];

/** How the people and the workers of a team share its changes. */
export const archetypes = ['human-lead', 'digital-lead', 'peers', 'human-governance'] as const;
export type Archetype = (typeof archetypes)[number];

/** All a decision rests on, stored with it so that it can be decided again under another policy. */
export interface Facts {
  tool: { name: string; version: number; risk: Risk };
  target: Target;
  /** 0–1, how sure the worker is that this is the right deed. */
  confidence: number;
  worker: { id: string; name: string; authority: Authority };
  site: 'trial' | 'real';
  /** For whom the operating charter is signed off; `nobody` when it is missing. */
  signedFor: 'trial' | 'real' | 'nobody';
  /** When it is decided, ISO 8601: freezes and windows depend on it. */
  at: string;
  /** What the worker has done alone on this incident, and what people said on it; absent outside incidents. */
  incident?: {
    autonomousChanges: number;
    granted: number;
    /** A person has taken it over. */
    held: boolean;
    /** A person has paused it: what is decided waits. */
    paused?: boolean;
    /** The deed is from before a person had the incident begun afresh. */
    outdated?: boolean;
  };
  /** The same deed was done before on this incident and nothing new has been learnt since. */
  repeated?: boolean;
  /** It would prevent what is foretold and not there yet. */
  foretold?: boolean;
  /** Kill switches that are thrown and reach this deed: `all`, `worker:ada`, `tool:restart-service`. */
  killed?: string[];
  /** The circuit breaker of this worker and tool has opened, and why. */
  breaker?: string;
}

/** What a deed acts on, as the inventory knows it; a target that is not in it has only its id. */
export interface Target {
  id: string;
  class?: string;
  environment?: string;
  services: string[];
  /** The teams of those services: the business units whose additions apply. */
  units: string[];
  /** Whether a maintenance window of the services is open now; absent when they have none. */
  window?: 'open' | 'closed';
}

/** Names of tools by what the charter lets the worker do with them. */
export interface Authority {
  autonomous: string[];
  notify: string[];
  ask: string[];
  never: string[];
}

/** What one rule says of the facts. */
export interface Said {
  rule: string;
  kind: Kind;
  because: string;
}
