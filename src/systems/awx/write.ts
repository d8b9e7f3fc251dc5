// AWX, write: launching a job from a template, and cancelling one. For tools alone.
// Not where it is decided whether to, and not how the job went: that is read.ts.
import { z } from 'zod';
import { type Access, ask, askText, SystemFailed } from '../http.ts';
import { type Template, templatesNamed } from './read.ts';

export type Launch = { kind: 'launched'; job: number } | { kind: 'refused'; because: string };

export interface AwxLauncher {
  /**
   * Launches the template of that name with `extraVars`, on the hosts of `limit` alone when given.
   * *refused* means that no job does what was asked. Throws `SystemFailed` when it is not known whether one was
   * started: put a marker in `extraVars` and look for it with `findJob`.
   */
  launch(template: string, extraVars: Record<string, string>, limit?: string): Promise<Launch>;
  /**
   * Tells AWX to cancel a job; it ends a little later, so look at it. Safe to call twice and on a job that has
   * ended. Throws `SystemFailed` when AWX says no for another reason or does not answer.
   */
  cancel(job: number): Promise<void>;
}

const launched = z.object({ job: z.int(), ignored_fields: z.record(z.string(), z.unknown()) });

/** A launcher on the AWX at `access`. */
export function openAwxLauncher(access: Access): AwxLauncher {
  return {
    async launch(name, extraVars, limit) {
      const found = await templatesNamed(access, name);
      const because = unfit(name, found, extraVars, limit);
      const template = found[0];
      if (because || !template) return { kind: 'refused', because: because ?? '' };
      return start(access, template, { extra_vars: extraVars, ...(limit ? { limit } : {}) });
    },
    async cancel(job) {
      await tellToCancel(access, job).catch((error: unknown) => {
        if (!(error instanceof SystemFailed) || error.status !== cannotBeCancelled) throw error;
      });
    },
  };
}

/** AWX starts a job even when it ignores what it was given, so what a template takes is checked first. */
function unfit(
  name: string,
  found: Template[],
  extraVars: Record<string, string>,
  limit?: string,
): string | undefined {
  const template = found[0];
  if (!template) return `AWX has no job template named "${name}".`;
  if (found.length > 1)
    return `AWX has ${found.length} job templates named "${name}": give them different names.`;
  const takesVariables = template.asksVariables || template.hasSurvey || Object.keys(extraVars).length === 0;
  if (!takesVariables)
    return `The AWX template "${name}" ignores variables: switch on "Prompt on launch" for them.`;
  if (limit && !template.asksLimit)
    return `The AWX template "${name}" ignores a limit: switch on "Prompt on launch" for it.`;
  return undefined;
}

async function start(access: Access, template: Template, body: unknown): Promise<Launch> {
  const question = { method: 'POST' as const, path: `/api/v2/job_templates/${template.id}/launch/`, body };
  try {
    const { job, ignored_fields } = await ask('AWX', access, question, launched);
    const ignored = Object.keys(ignored_fields);
    return ignored.length === 0 ? { kind: 'launched', job } : await callOff(access, template, job, ignored);
  } catch (error) {
    if (!(error instanceof SystemFailed) || !saysNo(error.status)) throw error;
    return { kind: 'refused', because: error.message };
  }
}

/** The job runs with defaults instead of what it was given, on who knows what: the sooner it ends the better. */
async function callOff(access: Access, template: Template, job: number, ignored: string[]): Promise<Launch> {
  const cancelled = await tellToCancel(access, job).then(
    () => 'it was told to cancel it',
    (error: Error) => `it could not be cancelled (${error.message})`,
  );
  return {
    kind: 'refused',
    because: `AWX started job ${job} of "${template.name}" ignoring ${ignored.join(' and ')}; ${cancelled}.`,
  };
}

/** What AWX answers when a job has ended. */
const cannotBeCancelled = 405;

function tellToCancel(access: Access, job: number): Promise<string> {
  return askText('AWX', access, { method: 'POST', path: `/api/v2/jobs/${job}/cancel/` });
}

/** A 4xx is a clear no; 408 and 429 pass by themselves and are for the retry. */
function saysNo(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}
