import { fernwood } from '../../src/estate/company.ts';
import type { LogLine, Loki } from '../../src/systems/loki/read.ts';
import { toolsOver } from '../../src/toolbox.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { type Measures, openMeasures } from '../monitoring/outside.ts';
import { cycleMs, manifests } from '../shift.ts';

type Ends = 'successful' | 'failed' | 'running';

/** Fernwood's systems: nothing is wrong until a test breaks something. */
export interface Outside extends Measures {
  loki: Loki;
  /** The shipped tools, on an AWX whose jobs end as told. */
  tools: AnyTool[];
  /** What AWX was told to run, such as `restart-service {…}`. */
  launched: string[];
  /** What every job prints. */
  prints(text: string): void;
  /** How a job that is looked at has ended. */
  jobsEnd(as: Ends): void;
  /** The line a service logs, or the log of deployments. */
  say(labels: Record<string, string>, line: string, secondsAgo?: number): void;
  silenceLoki(): void;
  /** checkout 2.1 was deployed a minute ago and fails. */
  deployBadly(): void;
  /** A leak on app-03, of which payments complains. */
  leak(): void;
}

export function openOutside(): Outside {
  const measures = openMeasures(manifests.metrics, fernwood, cycleMs);
  let lines: LogLine[] = [];
  let silent = false;
  let ends: Ends = 'successful';
  let printed: string | undefined;
  const launched: string[] = [];
  const read = {
    job: async (id: number) => ({
      id,
      template: 'any',
      status: ends,
      stdout: printed ?? `job ${id} was ${ends}`,
    }),
    findJob: async () => undefined,
    templates: async () => [],
    variables: async () => undefined,
  };
  const launch = async (template: string, { roster_action: _, ...given }: Record<string, string>) => {
    launched.push(`${template} ${JSON.stringify(given)}`);
    return { kind: 'launched' as const, job: launched.length };
  };
  const awx = { read, launch: { launch, cancel: async () => {} } };
  const say = (labels: Record<string, string>, line: string, secondsAgo = 30) =>
    void lines.push({ at: new Date(Date.now() - secondsAgo * 1_000), labels, line });
  const loki: Loki = {
    queryRange: async (logql, from, to, limit) => {
      if (silent) throw new Error('Loki did not answer within 10 s.');
      const wanted = [...logql.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]);
      const fits = ({ at, labels }: LogLine) =>
        wanted.every(([name = '', value]) => labels[name] === value) && at >= from && at < to;
      return lines
        .filter(fits)
        .toSorted((a, b) => b.at.getTime() - a.at.getTime())
        .slice(0, limit);
    },
  };
  return {
    ...measures,
    tools: toolsOver(awx, loki, () => new Date()),
    launched,
    prints: (text) => {
      printed = text;
    },
    jobsEnd: (as) => {
      ends = as;
    },
    say,
    silenceLoki: () => {
      silent = true;
    },
    loki,
    deployBadly: () => {
      measures.set('error_rate', 'checkout', 40);
      say(
        { job: 'deployments', service: 'checkout' },
        'deployed service=checkout version=2.1 replacing=2.0',
        60,
      );
      say({ app: 'checkout', level: 'error' }, 'answering 500 version=2.1');
    },
    leak: () => {
      measures.set('memory_available', 'app-03', 12);
      say(
        { app: 'payments', level: 'error', instance: 'app-03' },
        'java.lang.OutOfMemoryError: Java heap space',
      );
    },
    reset: () => {
      measures.reset();
      lines = [];
      silent = false;
      ends = 'successful';
      printed = undefined;
      launched.length = 0;
    },
  };
}
