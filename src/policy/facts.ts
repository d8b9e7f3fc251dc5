// Policy: may this be done now, by this worker, without asking? Pure: everything it knows is in the facts.
// Not where anything is looked up, asked or run.
import { z } from 'zod';
import type { Risk } from '../tools/tool.ts';

/** Strictest last. */
export const kinds = ['allow', 'notify', 'ask', 'refuse'] as const;
export type Kind = (typeof kinds)[number];

/** All a decision rests on, stored with it so that it can be decided again under another policy. */
export interface Facts {
  tool: { name: string; version: number; risk: Risk };
  target: string;
  /** 0–1, how sure the worker is that this is the right deed. */
  confidence: number;
  worker: { name: string; authority: Authority };
  site: 'trial' | 'real';
  /** For whom the operating charter is signed off; `nobody` when it is missing. */
  signedFor: 'trial' | 'real' | 'nobody';
  /** What the worker has done alone on this incident, and whether a person holds it; absent outside incidents. */
  incident?: { autonomousChanges: number; granted: number; held: boolean };
}

/** Names of tools by what the charter lets the worker do with them. */
export interface Authority {
  autonomous: string[];
  notify: string[];
  ask: string[];
  never: string[];
}

/** Who must answer, and in what time. */
export interface Terms {
  /** One person with any of these roles; an empty list means nobody can. */
  roles: string[];
  minutes: number;
}

const terms = z.strictObject({ roles: z.array(z.string()).min(1), minutes: z.number().positive() });

export const policySchema = z.strictObject({
  version: z.string(),
  confidence: z.strictObject({ execute: z.number().min(0.5).max(1), notify: z.number().min(0).max(1) }),
  risk: z.strictObject({
    low: z.enum(kinds),
    medium: z.enum(['ask', 'refuse']),
    high: z.enum(['ask', 'refuse']),
  }),
  ask: z.strictObject({ low: terms, medium: terms, high: terms }),
  limits: z.strictObject({ autonomous_changes_per_incident: z.number().int().min(0).max(8) }),
});
export type Policy = z.infer<typeof policySchema>;

/** What one rule says of the facts. */
export interface Said {
  rule: string;
  kind: Kind;
  because: string;
}

export type Rule = (facts: Facts, policy: Policy) => Said;
