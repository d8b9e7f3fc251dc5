import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import type { Db } from '../../postgres/database.ts';
import { Unreachable } from '../surface.ts';
import type { Connection } from './connect.ts';
import { findDirect, keepReference, lastReference, type Reference } from './store.ts';

interface Deps {
  db: Db;
  connection: Connection;
}

/**
 * The way to the chat of one account with the app: the one they acted in, else one that is made now, which the platform
 * allows where the app is installed for them or in a team of theirs. Throws `Unreachable` where there is none.
 */
export async function directTo({ db, connection }: Deps, place: string): Promise<Reference> {
  const id = directoryId.exec(place)?.[1];
  if (id === undefined) throw new Unreachable(noAccount(place));
  const account = `teams:${id}`;
  const found = await findDirect(db, account);
  if (found.kind === 'there') return found.reference;
  const way = await lastReference(db);
  if (found.kind === 'removed' || !way) throw new Unreachable(notOpen(place));
  const client = await connection.client(way.serviceUrl);
  const conversation = await make(client, way, id).catch((error) =>
    Promise.reject(isRefused(error) ? new Unreachable(notOpen(place), { cause: error }) : error),
  );
  const alone = await isAlone(client, conversation, id).catch((error) =>
    isRefused(error) ? false : Promise.reject(error),
  );
  if (!alone) throw new Unreachable(anothers(place));
  const made = { ...way, id: conversation, kind: 'chat', team: null } as const;
  await keepReference(db, made, account);
  const kept = await findDirect(db, account);
  // Somebody else has acted in it, whatever the platform says now.
  if (kept.kind !== 'there' || kept.reference.id !== conversation) throw new Unreachable(anothers(place));
  return kept.reference;
}

/** What somebody must do before they can be told anything alone. */
export const notOpen = (place: string) =>
  `Roster has no chat in Teams with ${place} yet, or was removed from it: that person opens Roster under Apps once and says hello.`;
const noAccount = (place: string) =>
  `${place} is nobody's chat in Teams, so nothing was posted: write that person's account as teams:<directory object id> in manifests/people.yaml.`;
const anothers = (place: string) =>
  `Teams gave another conversation than the chat with ${place}, so nothing was posted: correct that account in manifests/people.yaml.`;

const directoryId = /^teams:@([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const madeSchema = z.object({ id: z.string().min(1) });

async function make(client: ConnectorClient, { bot, tenant }: Reference, id: string): Promise<string> {
  const wanted = {
    isGroup: false,
    bot: { id: bot, name: '' },
    members: [{ id, name: '' }],
    tenantId: tenant,
    channelData: { tenant: { id: tenant } },
  };
  type Wanted = Parameters<typeof client.conversations.createConversation>[0];
  return madeSchema.parse(await client.conversations.createConversation(wanted as Wanted)).id;
}

const members = z.array(
  z.looseObject({
    id: z.string(),
    aadObjectId: z.string().optional(),
    objectId: z.string().optional(),
  }),
);

/** Whether this person, and nobody else, reads a conversation. */
async function isAlone(client: ConnectorClient, conversation: string, id: string): Promise<boolean> {
  const all = members.parse(await client.conversations.getConversationMembers(conversation));
  const people = all.filter((one) => !one.id.startsWith('28:'));
  const own = (given?: string) => given?.toLowerCase() === id.toLowerCase();
  return people.length === 1 && people.every((one) => own(one.aadObjectId ?? one.objectId));
}

/** Nobody of that id, or not somebody whom Roster may write to. */
function isRefused(error: unknown): boolean {
  return [400, 403, 404].includes((error as { statusCode?: number }).statusCode ?? 0);
}
