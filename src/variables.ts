// Every variable the product knows, and what its value must look like.
// Not what they mean together: that is settings.ts.
import { z } from 'zod';

// The message of each is the end of the sentence "NAME is …, wanted …".
const text = z.string().optional();
const token = z
  .string()
  .regex(/^[!-~]+$/, 'a token without spaces or line breaks')
  .optional();
const id = z
  .string()
  .regex(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    'an id of the form 00000000-0000-0000-0000-000000000000',
  )
  .optional();
const model = z.string().regex(/^[\w.:@-]{1,100}$/, 'the name of a model such as claude-opus-5-5');
const web = z
  .string()
  .refine(isWeb, 'an http:// or https:// address with no user, password or query in it')
  .optional();
const postgres = address(/^postgres(ql)?:\/\//, 'a database address that begins with postgres://');
/** Each is text, or nothing: a variable that is empty counts as not set. */
export const variables = z.object({
  PORT: number(/^\d{1,5}$/, (port) => port >= 1 && port <= 65_535, 'a port number from 1 to 65535').default(
    3978,
  ),
  PUBLIC_URL: web,
  DATABASE_URL: postgres,
  MIGRATION_DATABASE_URL: postgres,
  TRIAL_SPEED: number(
    /^\d+(\.\d+)?$/,
    (speed) => speed > 0 && speed <= 100,
    'a number above 0, at most 100',
  ).default(1),
  TRIAL_SLACK_PORT: number(
    /^\d{1,5}$/,
    (port) => port <= 65_535,
    'a port number from 0 (any) to 65535',
  ).default(4100),
  TRIAL_PAST: z.enum(['on', 'off'], 'wanted on or off').default('on'),
  TRIAL_TEAMS_PORT: number(
    /^\d{1,5}$/,
    (port) => port >= 1 && port <= 65_535,
    'a port number from 1 to 65535',
  ).optional(),
  REDIS_URL: address(/^rediss?:\/\//, 'an address that begins with redis:// or rediss://'),
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-[!-~]+$/, 'a bot token, which begins with xoxb-')
    .optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-[!-~]+$/, 'an app-level token, which begins with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(/^[!-~]+$/, 'the Signing Secret of the app, without spaces or line breaks')
    .optional(),
  SLACK_CLIENT_ID: text,
  SLACK_CLIENT_SECRET: text,
  SLACK_API_URL: web,
  MicrosoftAppId: id,
  MicrosoftAppPassword: text,
  MicrosoftAppTenantId: id,
  MicrosoftAppType: z
    .literal(
      'SingleTenant',
      'SingleTenant, the only kind of bot that Microsoft still registers and that is served here',
    )
    .default('SingleTenant'),
  PROMETHEUS_URL: web,
  PROMETHEUS_TOKEN: token,
  PROMETHEUS_USER: text,
  PROMETHEUS_PASSWORD: text,
  LOKI_URL: web,
  LOKI_TOKEN: token,
  LOKI_USER: text,
  LOKI_PASSWORD: text,
  JAEGER_URL: web,
  JAEGER_TOKEN: token,
  JAEGER_USER: text,
  JAEGER_PASSWORD: text,
  AWX_URL: web,
  AWX_TOKEN: token,
  ANTHROPIC_API_KEY: token,
  ANTHROPIC_BASE_URL: web,
  ROSTER_MODEL: model.default('claude-opus-5-5'),
  ROSTER_SMALL_MODEL: model.default('claude-haiku-5-5'),
  PROMPTS_DIR: z.string().default('prompts'),
  SERVICENOW_URL: web,
  SERVICENOW_USER: text,
  SERVICENOW_PASSWORD: text,
  JIRA_URL: web,
  JIRA_EMAIL: text,
  JIRA_API_TOKEN: token,
  WEBHOOK_TOKEN: token,
  MANIFESTS_DIR: z.string().default('manifests'),
  DATA_DIR: z.string().default('.roster'),
  POST_MORTEM_DAYS: number(
    /^\d{1,3}$/,
    (days) => days >= 1 && days <= 365,
    'a number of days from 1 to 365',
  ).default(5),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').default('info'),
});
function number(form: RegExp, fits: (n: number) => boolean, wanted: string) {
  return z
    .string()
    .refine((value) => form.test(value) && fits(Number(value)), wanted)
    .transform(Number);
}

function address(begins: RegExp, wanted: string) {
  return z
    .string()
    .refine((value) => begins.test(value) && URL.canParse(value), wanted)
    .optional();
}

function isWeb(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { username, password, search, hash } = new URL(value);
  return !username && !password && !search && !hash;
}

export type Env = Record<string, string | undefined>;

/** Sentences for what is given in part. Pure. */
export function halfGiven(given: Env): string[] {
  const credentials = ['PROMETHEUS', 'LOKI', 'JAEGER'].flatMap((system) => [
    ...needs(given, `${system}_USER`, `${system}_PASSWORD`, 'the password of that user'),
    ...needs(given, `${system}_PASSWORD`, `${system}_USER`, 'the user of that password'),
    ...(given[`${system}_TOKEN`] && given[`${system}_USER`]
      ? [`${system}_TOKEN and ${system}_USER are both set, wanted a token, or a user and password, not both.`]
      : []),
  ]);
  const owner = needs(
    given,
    'MIGRATION_DATABASE_URL',
    'DATABASE_URL',
    'the same database as the role the app runs as',
  );
  const bot = ['MicrosoftAppPassword', 'MicrosoftAppTenantId'].flatMap((name) =>
    needs(given, name, 'MicrosoftAppId', 'the application (client) id of that registration'),
  );
  const claude = needs(given, 'ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY', 'the key for what answers there');
  return [...credentials, ...owner, ...bot, ...claude];
}

/** What `name` cannot do without, a sentence where that is not set. Pure. */
export function needs(given: Env, name: string, other: string, wanted: string): string[] {
  return given[name] && !given[other] ? [`${other} is not set beside ${name}, wanted ${wanted}.`] : [];
}
