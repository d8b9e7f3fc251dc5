import { type Playbook, playbooks } from './playbooks.ts';
import type { AwxJob } from './world.ts';

type Row = Record<string, unknown>;

/** A job template as AWX writes it, with the fields clients use. */
export function templateRow({ id, name, description, asksLimit }: Playbook): Row {
  return {
    id,
    type: 'job_template',
    url: `/api/v2/job_templates/${id}/`,
    related: { launch: `/api/v2/job_templates/${id}/launch/`, jobs: `/api/v2/job_templates/${id}/jobs/` },
    summary_fields: {
      inventory: { id: 1, name: 'Fernwood' },
      project: { id: 2, name: 'operations', status: 'successful' },
    },
    created: '2025-02-03T09:12:44.512000Z',
    modified: '2026-01-19T13:40:02.118000Z',
    name,
    description,
    job_type: 'run',
    inventory: 1,
    project: 2,
    playbook: `${name}.yml`,
    extra_vars: '---',
    ask_variables_on_launch: true,
    ask_limit_on_launch: asksLimit,
    survey_enabled: false,
    status: 'successful',
  };
}

/** A job as AWX writes it at `now`, with the fields clients use. */
export function jobRow(job: AwxJob, now: Date): Row {
  const { id, template, extraVars, onlyHosts, launchedAt, finishesAt } = job;
  const { status, started } = progress(job, now);
  const finished = finishesAt <= now ? finishesAt : undefined;
  const templateId = playbooks.find(({ name }) => name === template)?.id ?? null;
  return {
    id,
    type: 'job',
    url: `/api/v2/jobs/${id}/`,
    related: { stdout: `/api/v2/jobs/${id}/stdout/`, job_template: `/api/v2/job_templates/${templateId}/` },
    summary_fields: { job_template: { id: templateId, name: template } },
    created: launchedAt.toISOString(),
    modified: (finished ?? launchedAt).toISOString(),
    name: template,
    job_type: 'run',
    launch_type: 'manual',
    job_template: templateId,
    playbook: `${template}.yml`,
    extra_vars: JSON.stringify(extraVars),
    limit: onlyHosts,
    status,
    failed: status === 'failed' || status === 'canceled',
    started: started?.toISOString() ?? null,
    finished: finished?.toISOString() ?? null,
    elapsed: started ? ((finished ?? now).getTime() - started.getTime()) / 1000 : 0,
    job_explanation: '',
  };
}

/** A job waits for the first tenth of its time, is handed out in the second, then runs. */
function progress(job: AwxJob, now: Date): { status: string; started?: Date } {
  if (job.status === 'canceled') return { status: 'canceled' };
  const takes = job.finishesAt.getTime() - job.launchedAt.getTime();
  const started = new Date(job.launchedAt.getTime() + takes * 0.2);
  const share = (now.getTime() - job.launchedAt.getTime()) / takes;
  if (share < 0.1) return { status: 'pending' };
  if (share < 0.2) return { status: 'waiting' };
  return { status: share < 1 ? 'running' : job.status, started };
}
