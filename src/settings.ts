// The environment, parsed once: what is wrong with it is said in sentences, each naming its variable.
// Not a place for decisions, and the only one besides the programs themselves to know a variable's name.
import type { z } from 'zod';
import { type Env, halfGiven, needs, variables } from './variables.ts';

type Refused = { kind: 'refused'; because: string[] };

/** A system to read from, and how it lets us in: a token, or a user and password, or neither. */
export interface Source {
  url: string;
  token?: string;
  user?: string;
  password?: string;
}

/** A system that lets in a user with a password, or with a token in its place. */
export interface Login {
  url: string;
  user: string;
  password: string;
}

export interface Slack {
  botToken: string;
  /** A socket that we open, or signed requests that Slack sends to `POST /slack/events`. */
  mode: { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string };
  /** Ends in a slash, as Slack's client wants it; undefined is Slack itself. */
  apiUrl?: string;
}

/** Teams, and who the bot is there; without a registration nobody is verified, which only a trial may do. */
export interface Teams {
  registration?: { appId: string; password: string; tenantId: string };
}

/** A trial runs on a make-believe company, `speed` times as fast, with or without a past; a real site on the systems given. */
export type Site =
  | { kind: 'trial'; speed: number; slackPort: number; teamsPort?: number; past?: true }
  | { kind: 'real'; slack?: Slack; teams?: Teams };

/** Claude, and which of its models answers what. */
export interface ClaudeAccess {
  apiKey: string;
  /** Without a slash at its end; undefined is Anthropic itself. */
  baseUrl?: string;
  models: { frontier: string; small: string };
}

export interface Settings {
  site: Site;
  port: number;
  publicUrl?: string;
  /** Undefined: the embedded database in `dataDir`. */
  databaseUrl?: string;
  /** The owner of the tables, when the app itself runs as a lesser role. */
  migrationDatabaseUrl?: string;
  /** Undefined: a table of the database stands in. */
  redisUrl?: string;
  prometheus?: Source;
  loki?: Source;
  jaeger?: Source;
  awx?: { url: string; token: string };
  /** What keeps change records, and whom it lets in. */
  servicenow?: Login;
  jira?: Login;
  /** Undefined: no model is asked. */
  claude?: ClaudeAccess;
  promptsDir: string;
  /** What senders of webhooks know; undefined: nobody is let in. */
  webhookToken?: string;
  manifestsDir: string;
  dataDir: string;
  /** How many days the draft of a post-mortem may be edited before it files itself. */
  postMortemDays: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
}

type Name = keyof typeof variables.shape;
type Parsed = z.output<typeof variables>;

/** What may be shown when it is wrong; anything else could hold a secret, so only its length is told. */
const harmless = new Set([
  'PORT',
  'TRIAL_SPEED',
  'TRIAL_SLACK_PORT',
  'TRIAL_TEAMS_PORT',
  'MicrosoftAppType',
  'LOG_LEVEL',
  'POST_MORTEM_DAYS',
  'ROSTER_MODEL',
  'ROSTER_SMALL_MODEL',
]);

/** Parses `env`; a variable that is empty counts as not set, an unknown one is ignored. All that is wrong is told at once. */
export function readSettings(env: Env): { kind: 'settings'; settings: Settings } | Refused {
  const given = setIn(env);
  const parsed = variables.safeParse(given);
  const malformed = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const name = path[0] as Name;
    return `${name} is ${found(name, given[name])}, wanted ${message}.`;
  });
  const because = [
    ...malformed,
    ...(isTrial(given) ? wrongInTrial(given) : wrongInReal(given)),
    ...halfGiven(given),
  ];
  if (because.length > 0 || !parsed.success) return { kind: 'refused', because };
  return { kind: 'settings', settings: settingsFrom(parsed.data) };
}

function settingsFrom(env: Parsed): Settings {
  return {
    site: siteFrom(env),
    port: env.PORT,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
    databaseUrl: env.DATABASE_URL,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL,
    redisUrl: env.REDIS_URL,
    prometheus: source(
      env.PROMETHEUS_URL,
      env.PROMETHEUS_TOKEN,
      env.PROMETHEUS_USER,
      env.PROMETHEUS_PASSWORD,
    ),
    loki: source(env.LOKI_URL, env.LOKI_TOKEN, env.LOKI_USER, env.LOKI_PASSWORD),
    jaeger: source(env.JAEGER_URL, env.JAEGER_TOKEN, env.JAEGER_USER, env.JAEGER_PASSWORD),
    awx: env.AWX_URL && env.AWX_TOKEN ? { url: env.AWX_URL, token: env.AWX_TOKEN } : undefined,
    servicenow: login(env.SERVICENOW_URL, env.SERVICENOW_USER, env.SERVICENOW_PASSWORD),
    jira: login(env.JIRA_URL, env.JIRA_EMAIL, env.JIRA_API_TOKEN),
    ...(env.ANTHROPIC_API_KEY && { claude: claudeFrom(env, env.ANTHROPIC_API_KEY) }),
    promptsDir: env.PROMPTS_DIR,
    webhookToken: env.WEBHOOK_TOKEN,
    manifestsDir: env.MANIFESTS_DIR,
    dataDir: env.DATA_DIR,
    postMortemDays: env.POST_MORTEM_DAYS,
    logLevel: env.LOG_LEVEL,
  };
}

function claudeFrom(env: Parsed, apiKey: string): ClaudeAccess {
  const baseUrl = env.ANTHROPIC_BASE_URL?.replace(/\/+$/, '');
  const models = { frontier: env.ROSTER_MODEL, small: env.ROSTER_SMALL_MODEL };
  return { apiKey, ...(baseUrl && { baseUrl }), models };
}

function siteFrom(env: Parsed): Site {
  const { SLACK_BOT_TOKEN: botToken, SLACK_API_URL: api } = env;
  const mode = modeFrom(env);
  const slack = botToken && mode ? { botToken, mode, apiUrl: api?.replace(/\/*$/, '/') } : undefined;
  const teams = teamsFrom(env);
  const { TRIAL_TEAMS_PORT: teamsPort } = env;
  if (!slack && !teams)
    return {
      kind: 'trial',
      speed: env.TRIAL_SPEED,
      slackPort: env.TRIAL_SLACK_PORT,
      ...(teamsPort && { teamsPort }),
      ...(env.TRIAL_PAST === 'on' && { past: true as const }),
    };
  return { kind: 'real', ...(slack && { slack }), ...(teams && { teams }) };
}

function teamsFrom(env: Parsed): Teams | undefined {
  const { MicrosoftAppId: appId, MicrosoftAppPassword: password, MicrosoftAppTenantId: tenantId } = env;
  return appId && password && tenantId ? { registration: { appId, password, tenantId } } : undefined;
}

/** Socket Mode where both are given: it needs no way in from outside. */
function modeFrom({ SLACK_APP_TOKEN: appToken, SLACK_SIGNING_SECRET: signingSecret }: Parsed) {
  if (appToken) return { kind: 'socket' as const, appToken };
  return signingSecret ? { kind: 'http' as const, signingSecret } : undefined;
}

function source(url?: string, token?: string, user?: string, password?: string): Source | undefined {
  return url ? { url, token, user, password } : undefined;
}

function login(url?: string, user?: string, password?: string): Login | undefined {
  return url && user && password ? { url, user, password } : undefined;
}

function setIn(env: Env): Partial<Record<Name, string>> {
  const names = Object.keys(variables.shape) as Name[];
  return Object.fromEntries(names.map((name) => [name, env[name]?.trim()]).filter(([, value]) => value));
}

function isTrial(given: Env): boolean {
  return !given.SLACK_BOT_TOKEN && !given.SLACK_CLIENT_ID && !given.MicrosoftAppId;
}

function wrongInTrial(given: Env): string[] {
  const changeable = ['AWX_URL', 'SERVICENOW_URL', 'JIRA_URL'].filter((name) => given[name]);
  return changeable.map(
    (name) =>
      `${name} is ${found(name, given[name])} in a trial, which must not reach a real system it could change: ` +
      `unset it, or set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or MicrosoftAppId, for a real site.`,
  );
}

function wrongInReal(given: Env): string[] {
  const wanted =
    'wanted SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), for one workspace';
  const notYet = (name: string, what: string) =>
    given[name]
      ? [`${name} is ${found(name, given[name])}, but ${what} is not served yet: unset it, ${wanted}.`]
      : [];
  const noWayIn =
    'SLACK_APP_TOKEN is not set beside SLACK_BOT_TOKEN, wanted an app-level token, which begins with xapp- (Socket Mode), or SLACK_SIGNING_SECRET (HTTP).';
  return [
    ...notYet('SLACK_CLIENT_ID', 'installing into many workspaces'),
    ...(given.SLACK_BOT_TOKEN && !given.SLACK_APP_TOKEN && !given.SLACK_SIGNING_SECRET ? [noWayIn] : []),
    ...needs(given, 'MicrosoftAppId', 'MicrosoftAppPassword', 'a client secret of that app registration'),
    ...needs(given, 'MicrosoftAppId', 'MicrosoftAppTenantId', 'the directory (tenant) id that registered it'),
    ...needs(given, 'AWX_URL', 'AWX_TOKEN', 'the token to run its jobs with'),
    ...needs(given, 'SERVICENOW_URL', 'SERVICENOW_USER', 'the user that writes change records there'),
    ...needs(given, 'SERVICENOW_URL', 'SERVICENOW_PASSWORD', 'the password of that user'),
    ...needs(
      given,
      'JIRA_URL',
      'JIRA_EMAIL',
      'the e-mail address of the account that writes change records there',
    ),
    ...needs(given, 'JIRA_URL', 'JIRA_API_TOKEN', 'an API token of that account'),
  ];
}

function found(name: string, value = ''): string {
  return harmless.has(name) ? JSON.stringify(value.slice(0, 40)) : `a value of ${value.length} characters`;
}
