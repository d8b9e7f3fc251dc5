import type { Loki } from './read.ts';

/** A deployment as the log of deployments tells it. */
export interface Deployment {
  at: Date;
  service: string;
  version: string;
  replacing: string;
}

const most = 500;

/** Deployments of these services, or of all, from `from` (included) to `to` (not included), newest first. Throws `SystemFailed`. */
export async function deploymentsOf(
  loki: Loki,
  services: string[] | 'all',
  from: Date,
  to: Date,
): Promise<Deployment[]> {
  const lines = await loki.queryRange('{job="deployments"}', from, to, most);
  const all = lines.flatMap(({ at, line }) => wholeIn(at, line));
  return services === 'all' ? all : all.filter(({ service }) => services.includes(service));
}

/** Loki refuses a range that is longer, as it comes. */
const longestMs = 30 * 86_400_000;

/**
 * The version that the newest line of the log of deployments (`deployed service=… version=…`) names for a service,
 * or undefined when there is none of the 30 days before `now`. Throws `SystemFailed`.
 */
export async function deployedVersion(loki: Loki, service: string, now: Date): Promise<string | undefined> {
  const from = new Date(now.getTime() - longestMs);
  const lines = await loki.queryRange(
    `{job="deployments"} |= ${JSON.stringify(`service=${service} `)}`,
    from,
    now,
    50,
  );
  return lines.map(({ line }) => versionIn(line, service)).find(Boolean);
}

/**
 * What a line such as `deployed service=checkout version=2.1 replacing=2.0` says; undefined for any other line.
 * A value that goes on with other characters is no version to act on: half of one would be another.
 */
function deploymentIn(line: string): Record<string, string | undefined> | undefined {
  if (!line.startsWith('deployed ')) return undefined;
  const fields = [...line.matchAll(/(\w+)=([\w.:+-]{1,60})(?=\s|$)/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name, value]));
}

/** A line that says all three; anything else is no deployment. */
function wholeIn(at: Date, line: string): Deployment[] {
  const { service, version, replacing } = deploymentIn(line) ?? {};
  return service && version && replacing ? [{ at, service, version, replacing }] : [];
}

function versionIn(line: string, of: string): string | undefined {
  const said = deploymentIn(line);
  return said?.service === of ? said.version : undefined;
}
