import { registration, tokenFor } from './teams-keys.ts';

export const maria = { id: '29:1maria', aadObjectId: '00000000-0000-4000-8000-000000000101', name: 'Maria' };
export const bot = { id: '28:roster', name: 'Roster' };
export const ops = '19:ops@thread.tacv2';
export const chat = 'a:1maria';

export type Sending = Record<string, unknown> & { serviceUrl: string };

/** A message to the bot in a channel, as Teams sends it, or changed as told. */
export function activity(serviceUrl: string, changed: Record<string, unknown> = {}): Sending {
  return {
    type: 'message',
    id: '1700',
    channelId: 'msteams',
    serviceUrl,
    from: maria,
    recipient: bot,
    conversation: {
      id: `${ops};messageid=1700`,
      conversationType: 'channel',
      tenantId: registration.tenantId,
    },
    channelData: { tenant: { id: registration.tenantId }, team: { id: '19:team@thread.tacv2' } },
    text: '<at>Roster</at> status',
    entities: [{ type: 'mention', text: '<at>Roster</at>', mentioned: bot }],
    ...changed,
  };
}

/** A click on a card's button, or a card that asks what it shows now. */
export function invoke(serviceUrl: string, verb: string, data: unknown, changed: object = {}): Sending {
  const given = { text: undefined, entities: undefined, replyToId: '1700', id: 'f:1' };
  const action = { type: 'Action.Execute', verb, data };
  const name = 'adaptiveCard/action';
  return activity(serviceUrl, { ...given, type: 'invoke', name, value: { action }, ...changed });
}

/** The same in the chat of one person with the bot. */
export const alone = {
  conversation: { id: chat, conversationType: 'personal', tenantId: registration.tenantId },
  channelData: { tenant: { id: registration.tenantId } },
};

/** An activity as a request that the platform vouches for. */
export function posted(body: Sending, token = tokenFor(body.serviceUrl)): RequestInit {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}
