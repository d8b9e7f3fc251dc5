import type { Job } from '../jobs/job.ts';
import type { Approval } from './approval.ts';

/** An approval stands in its own channel and in its incident's thread: both are shown again. */
export function showJobs({ id, incident }: Pick<Approval, 'id' | 'incident'>): Job[] {
  const own: Job = { name: 'show', subject: `approval:${id}` };
  return incident ? [own, { name: 'show', subject: `incident:${incident}` }] : [own];
}
