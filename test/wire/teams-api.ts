// The Bot Framework at the wire: its public keys, and the connector's calls with the platform's own refusals.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { AppCredentials } from 'botframework-connector';
import { published, registration } from './teams-keys.ts';

export interface Call {
  method: string;
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

export interface Sent {
  id: string;
  /** The thread's root; a root's own id. Undefined in a chat. */
  root: string | undefined;
  activity: Record<string, unknown>;
  edits: number;
}

type Trouble = { status: number; headers?: Record<string, string> } | 'hang up';
type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

/** A message of a bot above about 100 KB, counted as UTF-16, is refused (bots/how-to/format-your-bot-messages). */
const mostBytes = 100 * 1_024;
const bearer = 'for-the-connector';

/** The chat of one person with the app, and whom the platform names in it besides the app. */
export interface Alone {
  conversation: string;
  members: { id: string; aadObjectId: string }[];
}

interface Given {
  channels?: string[];
  chats?: string[];
  members?: Record<string, object>;
}

/** `channels` have threads, `chats` have none; whoever is in `members` may be asked for, by id. */
export async function openTeamsApi(given: Given = {}) {
  const calls: Call[] = [];
  const troubles: Trouble[] = [];
  const channels = new Set(given.channels);
  const chats = new Set(given.chats);
  const members = new Map(Object.entries(given.members ?? {}));
  const sent = new Map<string, Sent[]>();
  /** By directory id: who has the app, and the chat that is made with them. */
  const alone = new Map<string, Alone>();
  let last = 1_700_000_000_000;

  const there = (id: string) => channels.has(id) || chats.has(id);
  const messages = (id: string) => sent.get(id) ?? [];
  function keep(id: string, root: string | undefined, activity: Record<string, unknown>): string {
    last += 1;
    const own = `${last}`;
    const under = channels.has(id) ? (root ?? own) : undefined;
    sent.set(id, [...messages(id), { id: own, root: under, activity, edits: 0 }]);
    return own;
  }

  function create(body: Record<string, unknown>): Answer {
    const { channel } = (body.channelData ?? {}) as { channel?: { id: string } };
    if (Array.isArray(body.members)) return createAlone(body);
    if (!channel || !channels.has(channel.id)) return refusal(403, 'BotNotInConversationRoster');
    const id = keep(channel.id, undefined, body.activity as Record<string, unknown>);
    return { status: 201, body: { id: `${channel.id};messageid=${id}`, activityId: id } };
  }

  function createAlone({ members, isGroup, tenantId }: Record<string, unknown>): Answer {
    const [one, ...more] = members as { id: string }[];
    if (isGroup || more.length > 0 || !tenantId) return refusal(400, 'BadSyntax');
    const made = alone.get(one?.id ?? '');
    if (!made) return refusal(403, 'ForbiddenOperationException');
    chats.add(made.conversation);
    return { status: 201, body: { id: made.conversation } };
  }

  function membersOf(conversation: string): Answer {
    const found = [...alone.values()].find((one) => one.conversation === conversation);
    return found ? { status: 200, body: found.members } : refusal(404, 'ConversationNotFound');
  }

  function post(conversation: string, body: Record<string, unknown>): Answer {
    const { id, root } = split(conversation);
    if (!there(id)) return refusal(404, 'ConversationNotFound');
    if (root && !messages(id).some((one) => one.id === root)) return refusal(404, 'ConversationNotFound');
    return { status: 201, body: { id: keep(id, root, body) } };
  }

  function update(conversation: string, message: string, body: Record<string, unknown>): Answer {
    const { id, root } = split(conversation);
    if (!there(id)) return refusal(404, 'ConversationNotFound');
    const found = messages(id).find((one) => one.id === message && (root === undefined || one.root === root));
    if (!found) return refusal(404, 'ActivityNotFoundInConversation');
    found.activity = body;
    found.edits += 1;
    return { status: 200, body: { id: message } };
  }

  function member(conversation: string, id: string): Answer {
    if (!there(conversation)) return refusal(404, 'ConversationNotFound');
    const found = members.get(id);
    return found ? { status: 200, body: { id, ...found } } : refusal(404, 'MemberNotFoundInConversation');
  }

  function connector({ method, path, body }: Call): Answer {
    if (Buffer.byteLength(JSON.stringify(body), 'utf16le') > mostBytes)
      return refusal(413, 'MessageSizeTooBig');
    const [conversation = '', kind, id = ''] = path.replace('/v3/conversations', '').split('/').slice(1);
    if (method === 'POST' && conversation === '') return create(body);
    if (method === 'POST' && kind === 'activities') return post(conversation, body);
    if (method === 'PUT' && kind === 'activities') return update(conversation, id, body);
    if (method === 'GET' && kind === 'members')
      return id === '' ? membersOf(conversation) : member(conversation, id);
    return refusal(404, 'NotFound');
  }

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const at = `http://${request.headers.host}`;
    const reply = ({ status, headers, body }: Answer) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(body ? JSON.stringify(body) : '');
    if (path === '/keys') return void reply({ status: 200, body: { jwks_uri: `${at}/jwks` } });
    if (path === '/jwks') return void reply({ status: 200, body: published });
    const body = await bodyOf(request);
    const call = { method: request.method ?? '', path, authorization: request.headers.authorization, body };
    calls.push(call);
    const trouble = troubles.shift();
    if (trouble === 'hang up') return void request.socket.destroy();
    reply(trouble ? { ...refusal(trouble.status, 'Trouble'), ...trouble } : connector(call));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    serviceUrl: url,
    keysUrl: `${url}/keys`,
    bearer: `Bearer ${bearer}`,
    calls,
    /** What the next connector calls come to, in order, instead of an answer. */
    troubles,
    channels,
    members,
    alone,
    chats,
    messages,
    remove: (id: string, message: string) =>
      void sent.set(
        id,
        messages(id).filter((one) => one.id !== message),
      ),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** The library gets tokens only over https and from Microsoft; here it has one already. */
export function haveToken(): void {
  const cache = Reflect.get(AppCredentials, 'cache') as Map<string, object>;
  const expiresOn = new Date(Date.now() + 3_600_000);
  cache.set(`${registration.appId}https://api.botframework.com-cache`, { accessToken: bearer, expiresOn });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text === '' ? {} : JSON.parse(text);
}

function split(conversation: string): { id: string; root: string | undefined } {
  const [id = '', root] = conversation.split(';messageid=');
  return { id, root };
}

function refusal(status: number, code: string): Answer {
  return { status, body: { error: { code, message: `${code}.` } } };
}
