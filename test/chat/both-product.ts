import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { ask } from '../../src/approvals/ask.ts';
import { approvalOf } from '../../src/approvals/read.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { openEstate } from '../../src/estate/estate.ts';
import type { ActionId, ApprovalId, PersonId, WorkerId } from '../../src/ids.ts';
import { save } from '../../src/jobs/save.ts';
import { listen } from '../../src/listen.ts';
import { readManifests } from '../../src/manifests.ts';
import type { Teams } from '../../src/monitoring/routing.ts';
import type { Terms } from '../../src/policy/policy.ts';
import { readSettings } from '../../src/settings.ts';
import type { Site } from '../../src/site.ts';
import { openStorage } from '../../src/storage.ts';
import { wire } from '../../src/wired.ts';
import { question } from '../approvals/desk.ts';
import { freePort } from '../wire/port.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { activity, bot, invoke, posted } from '../wire/teams-activity.ts';
import { haveToken, openTeamsApi } from '../wire/teams-api.ts';
import { registration } from '../wire/teams-keys.ts';
import { click, form, mention, signed, signingSecret } from './slack-signed.ts';
import { openLog } from './trial-slack.ts';

export const channel = '19:approvals@thread.tacv2';
/** Gale's own conversations with the app. */
export const galeAlone = { slack: 'D01GALE', teams: 'a:1gale' };
const ids = { gale: '00000000-0000-4000-8000-000000000103', greer: '00000000-0000-4000-8000-000000000104' };
export type Who = keyof typeof ids;
const people = (['gale', 'greer'] as const).map((id) => ({
  id: id as string as PersonId,
  name: id,
  roles: ['governor', 'on-call'],
  accounts: [`slack:U0${id.toUpperCase()}`, `teams:${ids[id]}`],
}));

/** Slack as the app sees it: it takes everything, knows everybody, and counts its messages. */
function slackTakes() {
  let last = 0;
  return openSlackApi(({ method, args }) => {
    const ok = (more: object = {}) => ({ body: { ok: true, ...more } });
    if (method === 'auth.test') return ok({ user_id: 'U1', bot_id: 'B1', team_id: 'T1' });
    if (method === 'conversations.open')
      return args.users === 'U0GALE'
        ? ok({ channel: { id: galeAlone.slack } })
        : { body: { ok: false, error: 'user_not_found' } };
    if (method === 'users.info') return ok({ user: { id: args.user, team_id: 'T1', deleted: false } });
    if (method === 'chat.getPermalink')
      return ok({ permalink: `https://shop.slack.com/archives/${args.channel}/p${args.message_ts}` });
    last += 1;
    return ok({ ts: `17.${String(last).padStart(6, '0')}` });
  });
}

interface Wanted {
  /** What teams wish to be told of. */
  teams?: Teams;
  now?: () => Date;
  /** Who has no account in chat. */
  absent?: Who[];
}

/** The product but for its timetable, both surfaces at the wire, a question put when a test says so. */
export async function openBoth(wanted: Wanted = {}) {
  const { teams: wishes = {}, now = () => new Date(), absent = [] } = wanted;
  haveToken();
  const folder = mkdtempSync(join(tmpdir(), 'roster-both-'));
  const port = await freePort();
  const slack = await slackTakes();
  const members = Object.fromEntries(
    Object.keys(ids).map((id) => [`29:${id}`, { userRole: 'user', tenantId: registration.tenantId }]),
  );
  const teams = await openTeamsApi({ channels: [channel], members });
  teams.alone.set(ids.gale, {
    conversation: galeAlone.teams,
    members: [{ id: '29:gale', aadObjectId: ids.gale }],
  });
  const read = readSettings({ DATA_DIR: folder, PORT: `${port}` });
  if (read.kind === 'refused') throw new Error(read.because.join());
  const log = openLog();
  const storage = await openStorage(read.settings, log);
  const estate = await openEstate({ db: storage.database.db, now, speed: 1, token: 't' });
  const places = ['slack:C01APPROVALS', `teams:${channel}`];
  const { tenantId: tenant } = registration;
  const known = {
    id: channel,
    kind: 'channel',
    team: null,
    tenant,
    serviceUrl: teams.serviceUrl,
    bot: bot.id,
  } as const;
  const site: Site = {
    kind: 'trial',
    slack: { botToken: 'xoxb-1', mode: { kind: 'http', signingSecret }, apiUrl: slack.apiUrl },
    teams: {
      registration,
      keysUrl: teams.keysUrl,
      known: [known],
    },
    prometheus: { url: estate.prometheusUrl },
    loki: { url: estate.lokiUrl },
    jaeger: { url: estate.jaegerUrl },
    awx: { url: estate.awxUrl, token: estate.awxToken },
    people: people.map((one) => (absent.includes(one.id as string as Who) ? { ...one, accounts: [] } : one)),
    places: { ops: places, approvals: places, leadership: places },
    inventory: estate.inventory,
    pace: { cycleMs: 5_000, verifyMs: 45_000, lookAgainMs: 500, fileMs: 432_000_000 },
    publicUrl: 'https://roster.example.com',
    commands: [],
    ready: () => {},
    close: async () => {},
  };
  const manifests = { ...readManifests('manifests'), teams: wishes };
  const wired = await wire({ storage, manifests, site, log, now, folder });
  await storage.queue.work(wired.handlers, []);
  await wired.doors.start();
  const listening = await listen({
    port,
    host: '127.0.0.1',
    troubles: async () => [],
    operator: {},
    doors: () => wired.doors.paths,
  });
  const { db } = storage.database;
  let last = 0;
  const at = (path: string, request: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, request);

  return {
    log,
    wired,
    /** Somebody says something to the app in Teams; what the delivery is answered with. */
    async saysInTeams(who: Who, id: string, text = 'status', thread = id): Promise<number> {
      const conversation = { id: `${channel};messageid=${thread}`, conversationType: 'channel' };
      const from = { id: `29:${who}`, aadObjectId: ids[who] };
      const words = `<at>Roster</at> ${text}`;
      const said = activity(teams.serviceUrl, { id, from, conversation, text: words });
      return (await at('/api/messages', posted(said))).status;
    },

    async asks(terms: Partial<Terms>): Promise<ApprovalId> {
      const action = `act-${crypto.randomUUID()}` as ActionId;
      const worker = 'ada' as WorkerId;
      const rest = { digest: 'd1ca', incident: null, policy: '1', charter: 'ada@1', excluded: [], question };
      const all = { seats: [['governor']], minutes: 15, type_target: false, ...terms };
      await save(wired.store, async (tx) => ({
        result: undefined,
        ...(await ask(tx, { worker, charter: 'ada@1' }, { action, worker, terms: all, ...rest })),
      }));
      return (await approvalOf(db, action))?.id as ApprovalId;
    },

    /** Somebody says something to the app in Slack, in a thread. */
    async saysInSlack(who: Who, text: string, thread: string): Promise<void> {
      last += 1;
      const [user, ts] = [`U0${who.toUpperCase()}`, `99.${last}`];
      const event = { user, ts, thread_ts: thread, text: `<@U1> ${text}`, channel: 'C01APPROVALS' };
      await at('/slack/events', signed({ body: mention(event, `Ev${last}`) }));
    },

    /** A command in Slack, and what it is answered with at once. */
    async commandsInSlack(who: Who, text: string): Promise<string> {
      const fields = { team_id: 'T1', command: '/roster', text, user_id: `U0${who.toUpperCase()}` };
      const more = { channel_id: 'C01APPROVALS', trigger_id: '1.1.x' };
      const body = new URLSearchParams({ ...fields, ...more }).toString();
      return await (await at('/slack/events', signed({ body, type: form }))).text();
    },

    /** Somebody opens the app's Home tab in Slack, where it `shows` what was published last. */
    async opensHome(user: string, shows?: string): Promise<number> {
      last += 1;
      const view = shows === undefined ? {} : { view: { private_metadata: shows } };
      const event = {
        type: 'app_home_opened',
        user,
        channel: 'D1',
        tab: 'home',
        event_ts: `99.${last}`,
        ...view,
      };
      const body = mention({ ...event, text: undefined, ts: undefined }, `Ev${last}`);
      return (await at('/slack/events', signed({ body }))).status;
    },

    /** What was published to Home tabs, oldest first. */
    homes: () =>
      slack.calls
        .filter(({ method }) => method === 'views.publish')
        .map(({ args }) => ({
          user: args.user_id,
          view: JSON.parse(args.view ?? '{}') as { private_metadata: string; blocks: object[] },
        })),

    /** What was put before somebody in Slack after a press, where no message can be. */
    noteInSlack: () =>
      slack.calls
        .filter(({ method }) => method === 'views.open')
        .map(({ args }) => JSON.parse(args.view ?? '{}').blocks?.[0]?.text?.text as string)
        .at(-1),

    /** A press in somebody's Home tab. */
    async inHome(who: Who, intent: object): Promise<void> {
      const where = { channel: undefined, container: { type: 'view' }, view: { id: 'V1', type: 'home' } };
      const body = click(JSON.stringify(intent), { user: { id: `U0${who.toUpperCase()}` }, ...where });
      await at('/slack/events', signed({ body, type: form }));
    },

    /** What mentions were answered with, as titles. */
    async answers(): Promise<string[]> {
      const { rows } = await sql<{ title: string }>`select answer ->> 'title' as title from delivery
        where answer is not null order by received_at`.execute(db);
      return rows.map(({ title }) => title);
    },

    /** The titles of the forms that Slack was told to open. */
    formsInSlack: () =>
      slack.calls
        .filter(({ method }) => method === 'views.open')
        .map(({ args }) => JSON.parse(args.view ?? '{}').title?.text as string),

    /** The message that shows a part of a subject. */
    async shownAt(subject: string, part: string, place: string): Promise<string> {
      const { rows } = await sql<{ message: string }>`select message from shown
        where subject = ${subject} and part = ${part} and place = ${place}`.execute(db);
      return rows[0]?.message ?? '';
    },

    /** What the last card of Slack and of Teams reads, as its title. */
    titles: () => ({
      slack: slackTitles(slack.calls).at(-1),
      teams: teams.messages(channel).map(titleOf).at(-1),
    }),
    /** What stands in Gale's own chat in Teams. */
    inGalesChat: () => teams.messages(galeAlone.teams).map(({ activity }) => JSON.stringify(activity)),
    /** What every card in Teams reads now, as its title, oldest first. */
    titlesInTeams: () => teams.messages(channel).map(titleOf),
    /** What Slack was told to post or change, oldest first. */
    inSlackStands: () =>
      slack.calls
        .filter(({ method }) => method === 'chat.postMessage' || method === 'chat.update')
        .map(({ method, args }) => ({
          method,
          channel: args.channel,
          thread: args.thread_ts,
          blocks: JSON.parse(args.blocks ?? '[]'),
        })),
    edits: () => ({
      slack: slack.calls.filter(({ method }) => method === 'chat.update').length,
      teams: teams.messages(channel).at(-1)?.edits ?? 0,
    }),

    /** A press in Teams, and what it is answered with: a note, or the title of the card. */
    async inTeams(who: Who, intent: object): Promise<string> {
      const { id = '' } = teams.messages(channel).at(-1) ?? {};
      const conversation = { id: `${channel};messageid=${id}`, conversationType: 'channel' };
      const from = { id: `29:${who}`, aadObjectId: ids[who] };
      const data = { intent: JSON.stringify(intent) };
      const changed = { from, conversation, replyToId: id };
      const answer = await at('/api/messages', posted(invoke(teams.serviceUrl, 'press', data, changed)));
      const { value } = (await answer.json()) as { value: string | object };
      return typeof value === 'string' ? value : titleIn(value);
    },

    /** A press in Slack, which is answered after it is acknowledged: by `notes`. */
    async inSlack(who: Who, intent: object): Promise<void> {
      const about = { user: { id: `U0${who.toUpperCase()}` }, channel: { id: 'C01APPROVALS' } };
      const body = click(JSON.stringify(intent), about);
      const answer = await at('/slack/events', signed({ body, type: form }));
      if (answer.status !== 200) throw new Error(`Slack's click was answered by ${answer.status}.`);
    },

    /** What somebody alone was told in Slack, oldest first. */
    notes: () =>
      slack.calls.filter(({ method }) => method === 'chat.postEphemeral').map(({ args }) => args.text),

    async entries(kind: Entry['kind']): Promise<Entry[]> {
      const { rows } = await sql<{
        entry: Entry;
      }>`select text::jsonb -> 'entry' as entry from audit order by seq`.execute(db);
      return rows.map(({ entry }) => entry).filter((one) => one.kind === kind);
    },

    async close() {
      await wired.doors.stop();
      await wired.refusals.stop();
      await storage.queue.stop();
      await estate.close();
      await storage.close();
      await listening.close();
      await slack.close();
      await teams.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type SlackCalls = Awaited<ReturnType<typeof openSlackApi>>['calls'];

function slackTitles(calls: SlackCalls): string[] {
  const drawn = calls.filter(({ method }) => method === 'chat.postMessage' || method === 'chat.update');
  return drawn.map(({ args }) => JSON.parse(args.blocks ?? '[]')[0]?.text?.text ?? '');
}

function titleOf({ activity }: { activity: Record<string, unknown> }): string {
  return titleIn((activity.attachments as { content: object }[])[0]?.content);
}

function titleIn(card: object | undefined): string {
  const { body } = card as { body: { inlines?: { text: string }[] }[] };
  return body[0]?.inlines?.[0]?.text ?? '';
}
