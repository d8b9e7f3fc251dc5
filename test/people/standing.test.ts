import { afterEach, describe, expect, test } from 'vitest';
import { openSlackStandings } from '../../src/chat/slack/standing.ts';
import type { Standing } from '../../src/chat/standing.ts';
import { objectionTo, rememberStandings } from '../../src/people/standing.ts';
import { openLog } from '../chat/trial-slack.ts';
import { openSlackApi } from '../wire/slack-api.ts';

const maria = { id: 'U01MARIA', team_id: 'T1', deleted: false, is_bot: false, name: 'maria', is_admin: true };
type Answer = Parameters<typeof openSlackApi>[0];
const auth = { ok: true, team_id: 'T1', user_id: 'U1', bot_id: 'B1' };

let close = async () => {};
afterEach(() => close());

async function openStandings(answer: Answer) {
  const api = await openSlackApi((call, times) =>
    call.method === 'auth.test' ? { body: auth } : answer(call, times),
  );
  close = api.close;
  const log = openLog();
  const standings = openSlackStandings({ botToken: 'xoxb-secret', apiUrl: api.apiUrl, log });
  const asked = () => api.calls.filter(({ method }) => method === 'users.info');
  return { standings, asked, log };
}

describe('what Slack says of an account', () => {
  const rows: [what: string, user: object, standing: Standing][] = [
    ['a full member', {}, 'member'],
    ['an owner', { is_owner: true }, 'member'],
    ['a guest of several channels', { is_restricted: true }, 'guest'],
    ['a guest of one channel', { is_restricted: true, is_ultra_restricted: true }, 'guest'],
    ['a guest of one channel alone', { is_ultra_restricted: true }, 'guest'],
    ['somebody by Slack Connect', { is_stranger: true, team_id: 'T2' }, 'stranger'],
    ['a stranger who claims this team', { is_stranger: true }, 'stranger'],
    ['somebody of another team', { team_id: 'T2' }, 'stranger'],
    ['an administrator of another team', { team_id: 'T2', is_admin: true, is_owner: true }, 'stranger'],
    [
      'somebody of the organisation, in this workspace',
      { team_id: 'E1', enterprise_user: { teams: ['T2', 'T1'] } },
      'member',
    ],
    [
      'somebody of the organisation, not in this workspace',
      { team_id: 'T2', enterprise_user: { teams: ['T2'] } },
      'stranger',
    ],
    ['a guest of the organisation', { enterprise_user: { teams: ['T1'] }, is_restricted: true }, 'guest'],
    ['somebody who left', { deleted: true }, 'deactivated'],
    ['a guest who left', { deleted: true, is_restricted: true }, 'deactivated'],
    ['a bot', { is_bot: true }, 'bot'],
    ['a bot of another team', { is_bot: true, team_id: 'T2' }, 'bot'],
    ['a workflow', { is_workflow_bot: true }, 'bot'],
    ['Slackbot', { id: 'USLACKBOT' }, 'bot'],
    ['an answer without a team', { team_id: undefined }, 'unknown'],
    ['an answer that does not say whether they left', { deleted: undefined }, 'unknown'],
    ['an answer of another shape', { is_restricted: 'no' }, 'unknown'],
  ];
  test.each(rows)('%s', async (_, user, standing) => {
    const { standings } = await openStandings(() => ({ body: { ok: true, user: { ...maria, ...user } } }));
    expect(await standings.standingOf('slack:U01MARIA')).toBe(standing);
  });

  const refusals: [error: string, standing: Standing][] = [
    ['user_not_found', 'stranger'],
    ['user_not_visible', 'stranger'],
    ['ratelimited', 'unknown'],
    ['missing_scope', 'unknown'],
    ['token_revoked', 'unknown'],
  ];
  test.each(refusals)('%s', async (error, standing) => {
    const { standings, log } = await openStandings(() => ({ body: { ok: false, error } }));
    expect(await standings.standingOf('slack:U01MARIA')).toBe(standing);
    expect(log.lines.join()).not.toContain('secret');
  });

  test.each(['teams:29:1a', 'slack:', 'slack:U1&x', 'slack:../admin', 'slack:C01OPS', 'U01MARIA', ''])(
    'no account of Slack, %j, is not even asked for',
    async (account) => {
      const { standings, asked } = await openStandings(() => ({ body: { ok: true, user: maria } }));
      expect(await standings.standingOf(account)).toBe('unknown');
      expect(asked()).toEqual([]);
    },
  );

  test('a Slack that is away, fails or is slow is no yes', async () => {
    const broken: Answer[] = [
      () => 'hang up',
      () => ({ status: 500, body: {} }),
      () => ({ status: 429, headers: { 'retry-after': '30' }, body: {} }),
    ];
    for (const answer of broken) {
      const { standings } = await openStandings(answer);
      expect(await standings.standingOf('slack:U01MARIA')).toBe('unknown');
      await close();
    }
    const nobody = openSlackStandings({
      botToken: 'xoxb-1',
      apiUrl: 'http://127.0.0.1:9/api/',
      log: openLog(),
    });
    expect(await nobody.standingOf('slack:U01MARIA')).toBe('unknown');
    close = async () => {};
  });
});

describe('what is remembered', () => {
  const open = async (answer: Answer) => {
    const { standings, asked } = await openStandings(answer);
    const clock = { at: new Date('2026-03-01T09:30:00Z') };
    const later = (seconds: number) => {
      clock.at = new Date(clock.at.getTime() + seconds * 1_000);
    };
    return { standings: rememberStandings(standings, () => clock.at), asked, later };
  };

  test('an answer stands for a minute, of each account its own', async () => {
    const { standings, asked, later } = await open(({ args }, times) => ({
      body: { ok: true, user: { ...maria, id: args.user, deleted: times > 2 } },
    }));
    expect(await standings.standingOf('slack:U01MARIA')).toBe('member');
    expect(await standings.standingOf('slack:U02DAN')).toBe('member');
    later(59);
    expect(await standings.standingOf('slack:U01MARIA')).toBe('member');
    expect(asked()).toHaveLength(2);
    later(1);
    expect(await standings.standingOf('slack:U01MARIA')).toBe('deactivated');
  });

  test('a clock that was set back does not keep it alive', async () => {
    const { standings, asked, later } = await open(() => ({ body: { ok: true, user: maria } }));
    await standings.standingOf('slack:U01MARIA');
    later(-600);
    await standings.standingOf('slack:U01MARIA');
    expect(asked()).toHaveLength(2);
  });

  test('that Slack could not be asked is not remembered, nor does an old answer serve', async () => {
    const { standings, later } = await open((_, times) =>
      times === 2 ? { status: 500, body: {} } : { body: { ok: true, user: maria } },
    );
    expect(await standings.standingOf('slack:U01MARIA')).toBe('member');
    later(60);
    expect(await standings.standingOf('slack:U01MARIA')).toBe('unknown');
    expect(await standings.standingOf('slack:U01MARIA')).toBe('member');
  });

  test('a surface that throws is no yes', async () => {
    const thrower = { standingOf: () => Promise.reject(new Error('away')) };
    expect(await rememberStandings(thrower, () => new Date()).standingOf('slack:U1')).toBe('unknown');
  });
});

test('only a full member may decide, everybody else hears why not', () => {
  expect(objectionTo('member')).toBeUndefined();
  const others: Standing[] = ['guest', 'stranger', 'deactivated', 'bot', 'unknown'];
  for (const one of others) expect(objectionTo(one)).toMatch(/so nothing was changed/);
});
