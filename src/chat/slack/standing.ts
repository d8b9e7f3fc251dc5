import { setTimeout as wait } from 'node:timers/promises';
import { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Standing, Standings } from '../standing.ts';
import { clientOptions, type Log, refusal, say } from './client.ts';

interface Site {
  botToken: string;
  apiUrl?: string | undefined;
  log: Log;
}

const home = z.object({ team_id: z.string() });
const found = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string(),
    deleted: z.boolean(),
    is_bot: z.boolean().default(false),
    is_workflow_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    /** In an organisation of several workspaces: those this person belongs to. */
    enterprise_user: z.object({ teams: z.array(z.string()).default([]) }).optional(),
  }),
});
type User = z.infer<typeof found>['user'];

/** An answer to a click has 3 s in all. */
const patienceMs = 1_500;

/** What Slack says of an account, by `users.info`. What it does not say, or not within 1.5 s, is `unknown`. */
export function openSlackStandings({ botToken, apiUrl, log }: Site): Standings {
  const client = new webApi.WebClient(botToken, {
    ...clientOptions({ log, ...(apiUrl && { apiUrl }) }),
    timeout: patienceMs,
  });
  let team: string | undefined;
  const ask = async (user: string): Promise<Standing> => {
    team ??= home.parse(await client.auth.test()).team_id;
    return standingIn(team, found.parse(await client.users.info({ user })).user);
  };
  return {
    standingOf: async (account) => {
      const user = /^slack:([UW][A-Z0-9]+)$/.exec(account)?.[1];
      if (!user) return 'unknown';
      const late = wait(patienceMs, 'late' as const, { ref: false });
      const standing = await Promise.race([ask(user).catch((error) => unsaid(log, error)), late]);
      return standing === 'late' ? 'unknown' : standing;
    },
  };
}

/** The strictest of what is true of somebody. */
function standingIn(team: string, user: User): Standing {
  if (user.deleted) return 'deactivated';
  if (user.is_bot || user.is_workflow_bot || user.id === 'USLACKBOT') return 'bot';
  const belongs = user.team_id === team || user.enterprise_user?.teams.includes(team);
  if (user.is_stranger || !belongs) return 'stranger';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}

function unsaid(log: Log, error: unknown): Standing {
  if (/^user_not_(found|visible)$/.test(refusal(error) ?? '')) return 'stranger';
  log.warn(`Slack does not say who somebody is: ${say(error)}`);
  return 'unknown';
}
