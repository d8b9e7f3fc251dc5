import { sql } from 'kysely';
import { expect } from 'vitest';
import { connect } from '../../src/chat/teams/connect.ts';
import { introduce, openTeamsSurface } from '../../src/chat/teams/send.ts';
import { openTeamsStandings } from '../../src/chat/teams/standing.ts';
import type { Reference } from '../../src/chat/teams/store.ts';
import type { Database } from '../../src/postgres/database.ts';
import { bot, ops } from '../wire/teams-activity.ts';
import { haveToken, openTeamsApi } from '../wire/teams-api.ts';
import { registration } from '../wire/teams-keys.ts';
import { refusedByTeams, shownByTeams } from './adaptive.ts';
import { teamsSpeech } from './cards.ts';
import { openLog } from './trial-slack.ts';

export const group = '19:group@thread.v2';
/** A channel nobody has spoken in. */
export const silent = '19:silent@thread.tacv2';
export const team = '19:team@thread.tacv2';
export const place = `teams:${ops}`;

/** Teams as a surface that knows the way to a channel and a chat, its platform at the wire; nothing is there from before. */
export async function openSender({ db }: Database) {
  haveToken();
  await sql`truncate teams_conversation, teams_member, shown`.execute(db);
  const api = await openTeamsApi({ channels: [ops, silent], chats: [group] });
  const log = openLog();
  const { tenantId } = registration;
  const connection = connect({ registration, keysUrl: api.keysUrl });
  const known = (id: string, kind: Reference['kind']): Reference => {
    return { id, kind, team, tenant: tenantId, serviceUrl: api.serviceUrl, bot: bot.id };
  };
  await introduce(db, [known(ops, 'channel'), known(group, 'chat')]);
  return {
    api,
    log,
    surface: openTeamsSurface({ db, connection, speech: teamsSpeech, log }),
    standings: openTeamsStandings({ db, connection, tenantId, log }),
    /** What stands in a conversation; Teams would take all of it. */
    titles: (id: string) =>
      api.messages(id).map(({ activity }) => {
        const [attached] = activity.attachments as { content: unknown }[];
        expect(refusedByTeams(attached?.content)).toEqual([]);
        return shownByTeams(attached?.content)[0];
      }),
  };
}

export type OpenSender = Awaited<ReturnType<typeof openSender>>;
