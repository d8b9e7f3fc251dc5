// GitHub, heard: how a deployment went, by its webhook `deployment_status`.
// Not its API: nothing is asked of it here.
import { z } from 'zod';
import { type ToldChange, type ToldChanges, webAddress } from '../change.ts';
import { firstWrong, type Hook } from '../webhook.ts';

const short = z.string().max(500);
const web = z.string().max(4_000).nullish();
const event = z.object({
  deployment_status: z.object({
    state: short,
    environment: short.optional(),
    target_url: web,
    log_url: web,
    environment_url: web,
    created_at: z.iso.datetime({ offset: true }),
    creator: z.object({ login: short }).nullish(),
  }),
  deployment: z.object({
    id: z.number().int(),
    sha: short,
    ref: short,
    task: short.default('deploy'),
    environment: short,
    /** An object, or text, of the deployer's own. */
    payload: z.unknown().optional(),
  }),
  repository: z.object({ name: short, full_name: short, html_url: web }),
});

/** A status that is waiting, or that a newer deployment took the place of, changes nothing. */
const outcomes: Record<string, ToldChange['outcome'] | undefined> = {
  in_progress: 'begun',
  success: 'done',
  failure: 'failed',
  error: 'failed',
};

/** Whether a request says it is GitHub's. */
export function isGitHub({ headers }: Hook): boolean {
  return headers['x-github-event'] !== undefined;
}

/** The change in one request; a ping, another event and a status that changes nothing are counted and passed over. */
export function parseDeploymentStatus({ headers, body }: Hook): ToldChanges {
  if (headers['x-github-event'] !== 'deployment_status') return { kind: 'told', changes: [], ignored: 1 };
  const parsed = event.safeParse(body);
  if (!parsed.success) {
    const detail = firstWrong(parsed.error.issues);
    return { kind: 'refused', because: 'the body is no deployment_status', detail };
  }
  const { deployment_status: status, deployment, repository } = parsed.data;
  const outcome = Object.hasOwn(outcomes, status.state) ? outcomes[status.state] : undefined;
  if (!outcome) return { kind: 'told', changes: [], ignored: 1 };
  const change: ToldChange = {
    key: `github:${repository.full_name}:${deployment.id}:${status.state}`,
    what: /roll-?back/i.test(deployment.task) ? 'rolled back' : 'deployed',
    outcome,
    of: 'service',
    names: [...servicesIn(deployment.payload), repository.name],
    environment: status.environment ?? deployment.environment,
    version: /^v?\d+\.\d+\S*$/.test(deployment.ref) ? deployment.ref : deployment.sha.slice(0, 12),
    at: new Date(status.created_at),
    by: status.creator?.login ?? 'GitHub',
    link: webAddress(status.log_url, status.target_url, status.environment_url, repository.html_url),
  };
  return { kind: 'told', changes: [change], ignored: 0 };
}

/** A deployer of many services from one repository says in its payload which it was. */
function servicesIn(payload: unknown): string[] {
  const parsed = z.object({ service: short.min(1) }).safeParse(payload);
  return parsed.success ? [parsed.data.service] : [];
}
