// The command line's questions about policy.
import { moment } from './audit/told.ts';
import { readPolicy } from './manifests.ts';
import type { Changed } from './policy/try.ts';
import { textOf, type Verb, wrong } from './verb.ts';

export const policyTry: Verb = {
  name: 'policy try',
  does: 'which recorded decisions a changed policy would make otherwise',
  help: `Usage: npm run roster -- policy try FILE [--since WHEN]

  FILE                 the policy to try, such as manifests/policy.yaml
  --since WHEN         a number of days such as 30d, a day (UTC) or a time with its zone; 30d unless said

Exit code 1 when a decision would change.`,
  options: { since: { type: 'string' } },
  run: async (given) => {
    const [file] = given.rest;
    if (!file || given.rest.length > 1) return wrong('policy try needs one FILE.');
    const since = sinceOf(textOf(given, 'since') ?? '30d', new Date());
    if (!since)
      return wrong('--since is neither a number of days such as 30d, nor a day, nor a time with its zone.');
    const policy = readPolicy(file);
    return given.ask(['/operator/policy-try', { policy, since }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than decisions.');
      const { tried, changed } = answer.value as { tried: number; changed: Changed[] };
      if (given.values.json)
        return { code: changed.length > 0 ? 1 : 0, text: JSON.stringify({ tried, changed }) };
      return {
        code: changed.length > 0 ? 1 : 0,
        text: [`${tried} decisions tried, ${changed.length} would change.`, ...changed.map(lineOf)].join(
          '\n',
        ),
      };
    });
  },
};

function lineOf({ at, tool, target, before, after, because }: Changed): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC  ${tool} on ${target}: ${before} → ${after}. ${because.join(' ')}`;
}

function sinceOf(text: string, now: Date): string | undefined {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days) return new Date(now.getTime() - Number(days) * 86_400_000).toISOString();
  return moment(text);
}
