import { z } from 'zod';

const ways = z.array(z.string().min(1));

const serviceNow = z.strictObject({
  type: z.enum(['standard', 'normal', 'emergency']).default('standard'),
  /** More columns of change_request, such as assignment_group or std_change_producer_version, sent when it is opened. */
  fields: z.record(z.string(), z.string()).default({}),
});

const jira = z.strictObject({
  project: z.string().regex(/^[A-Z][A-Z0-9_]+$/, 'wanted the key of a project, such as OPS'),
  issue_type: z.string().min(1).default('Change'),
  /** More fields as Jira names them, sent when it is opened. */
  fields: z.record(z.string(), z.json()).default({}),
  /** By name of a transition or of the status it leads to; several are gone one after the other. */
  transitions: z
    .strictObject({
      running: ways.default(['Awaiting implementation', 'Implementing']),
      successful: ways.default(['Completed']),
      failed: ways.default(['Failed']),
      cancelled: ways.default(['Canceled']),
    })
    .prefault({}),
});

/** How a site wants its change records (`change-records.yaml`, optional). */
export const wishesSchema = z.strictObject({ servicenow: serviceNow.prefault({}), jira: jira.optional() });
export type Wishes = z.output<typeof wishesSchema>;
export type ServiceNowWishes = Wishes['servicenow'];
export type JiraWishes = NonNullable<Wishes['jira']>;
