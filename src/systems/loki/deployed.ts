import type { Loki } from './read.ts';

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

function versionIn(line: string, of: string): string | undefined {
  const fields = [...line.matchAll(/(\w+)=([\w.:+-]{1,60})(?=\s|$)/g)];
  const { service, version } = Object.fromEntries(fields.map(([, name, value]) => [name, value]));
  return line.startsWith('deployed ') && service === of ? version : undefined;
}
