import { z } from 'zod';
import type { Db } from '../../postgres/database.ts';
import type { Standing, Standings } from '../standing.ts';
import type { Connection } from './connect.ts';
import { findMember } from './store.ts';

const member = z.looseObject({
  userRole: z.string().optional(),
  tenantId: z.string().optional(),
  aadObjectId: z.string().optional(),
  objectId: z.string().optional(),
});

interface Deps {
  db: Db;
  connection: Connection;
  /** Undefined in a trial. */
  tenantId: string | undefined;
  log: { warn(message: string): void };
}

/** Asks Teams, in the conversation where the person acted last, what they are there; within 5 s, or it is `unknown`. */
export function openTeamsStandings(deps: Deps): Standings {
  return {
    standingOf: async (account) => {
      try {
        return await ask(deps, account);
      } catch (error) {
        deps.log.warn(
          `Teams did not say what an account is, so it may not decide: ${error instanceof Error ? error.message : error}`,
        );
        return 'unknown';
      }
    },
  };
}

async function ask({ db, connection, tenantId }: Deps, account: string): Promise<Standing> {
  const seen = await findMember(db, account);
  if (!seen) return 'unknown';
  const client = await connection.client(seen.serviceUrl);
  const found = await client.conversations
    .getConversationMember(seen.conversation, seen.member, { timeout: 5_000 })
    .catch((error: unknown) => (isGone(error) ? undefined : Promise.reject(error)));
  return found ? standingOf(member.parse(found), tenantId) : 'deactivated';
}

function standingOf(
  { userRole, tenantId: theirs }: z.infer<typeof member>,
  own: string | undefined,
): Standing {
  if (own !== undefined && theirs !== undefined && theirs !== own) return 'stranger';
  if (userRole === 'guest' || userRole === 'anonymous') return 'guest';
  return userRole === 'bot' ? 'bot' : 'member';
}

/** Not among the members; a conversation that Roster itself is no longer in says nothing of a person. */
function isGone(error: unknown): boolean {
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  return statusCode === 404 && code !== 'ConversationNotFound';
}
