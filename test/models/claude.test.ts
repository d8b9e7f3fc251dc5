// Claude through the real SDK, against a stand-in of its interface at the wire.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClaude } from '../../src/models/claude/claude.ts';
import type { Request } from '../../src/models/model.ts';
import { calls, type Mock, names, openMock } from './mock.ts';

const request: Request = {
  size: 'frontier',
  system: 'You look at incidents.',
  messages: [{ from: 'us', blocks: [{ kind: 'said', text: 'What is it?' }] }],
  tools: [{ name: 'look', description: 'Reads.', schema: { type: 'object', properties: {} } }],
  maxTokens: 1_000,
};

describe('Claude', () => {
  let claude: Mock;
  beforeAll(async () => {
    claude = await openMock();
  });
  afterAll(() => claude?.close());
  const ask = (changed: Partial<Request> = {}) => openClaude(claude.access).ask({ ...request, ...changed });

  test('a long answer comes as a stream and is put together again, with what it took', async () => {
    const text = 'The heap of payments grows. '.repeat(400);
    claude.answers({ content: text, usage: { input_tokens: 1_234, output_tokens: 567 } });
    expect(await ask()).toEqual({
      kind: 'answered',
      blocks: [{ kind: 'said', text }],
      stop: 'ended',
      usage: { input: 1_234, output: 567, cacheRead: 0, cacheWrite: 0 },
    });
    const [sent] = claude.mock.getRequests();
    expect(sent?.body).toMatchObject({ model: names.frontier, stream: true, max_tokens: 1_000 });
  });

  test('the small model is asked where it is enough', async () => {
    claude.answers({ content: 'other' });
    await ask({ size: 'small' });
    expect(claude.mock.getRequests()[0]?.body).toMatchObject({ model: names.small });
  });

  test('a call of a tool and its result go back and forth', async () => {
    claude.answers(calls('look', { of: 'app-03' }), { content: 'Thank you.' });
    const first = await ask();
    expect(first).toMatchObject({
      stop: 'called',
      blocks: [{ kind: 'called', id: 'toolu_look', tool: 'look', input: { of: 'app-03' } }],
    });
    if (first.kind !== 'answered') throw new Error('It did not answer.');
    const result = { kind: 'result' as const, call: 'toolu_look', text: '12 %', failed: false };
    await ask({
      messages: [
        ...request.messages,
        { from: 'model', blocks: first.blocks },
        { from: 'us', blocks: [result] },
      ],
    });
    const [, second = ''] = claude.sent();
    expect(second).toContain('toolu_look');
    expect(second).toContain('12 %');
  });

  test('too many questions at once are asked again, and answered', async () => {
    claude.answers({ content: 'Now.' });
    claude.mock.nextRequestError(429, { message: 'Slow down', type: 'rate_limit_error' });
    expect(await ask()).toMatchObject({ kind: 'answered', blocks: [{ kind: 'said', text: 'Now.' }] });
    expect(claude.asked()).toBe(2);
  });

  const failures: [
    what: string,
    status: number,
    type: string,
    kind: string,
    because: RegExp,
    tries: number,
  ][] = [
    ['overloaded', 529, 'overloaded_error', 'overloaded', /529/, 4],
    ['rate limited', 429, 'rate_limit_error', 'rate-limited', /429/, 4],
    ['in trouble', 500, 'api_error', 'down', /500/, 4],
    ['sure that the key is wrong', 401, 'authentication_error', 'down', /ANTHROPIC_API_KEY/, 1],
    ['sure that the question is wrong', 400, 'invalid_request_error', 'malformed', /400/, 1],
  ];
  test.each(failures)(
    'when it stays %s, that is the answer, and nothing was used',
    async (_, status, type, kind, because, tries) => {
      claude.answers({ error: { message: 'What is it?', type }, status });
      const answer = await ask();
      expect(answer).toMatchObject({ kind, usage: { input: 0, output: 0 } });
      expect(answer.kind !== 'answered' && answer.because).toMatch(because);
      expect(JSON.stringify(answer)).not.toContain('What is it?');
      expect(claude.asked()).toBe(tries);
    },
  );

  test('a refusal is a refusal, and counts what it took', async () => {
    claude.answers({ content: '', finishReason: 'refusal', usage: { input_tokens: 90, output_tokens: 1 } });
    expect(await ask()).toEqual({
      kind: 'refused',
      because: 'Claude refused to answer this.',
      usage: { input: 90, output: 1, cacheRead: 0, cacheWrite: 0 },
    });
  });

  test('an answer that ran into its limit says so', async () => {
    claude.answers({ content: 'The hea', finishReason: 'length' });
    expect(await ask()).toMatchObject({ kind: 'answered', stop: 'cut' });
  });

  const bodies: [what: string, type: string, body: string][] = [
    ['no JSON', 'application/json', '{"type":"message", <<<'],
    ['a stream that is none', 'text/event-stream', 'event: message_start\ndata: {"type": <<<\n\n'],
    ['a stream that ends early', 'text/event-stream', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['the input of a tool that is no JSON', 'text/event-stream', streamOf('{"of": nonsense')],
  ];
  test.each(bodies)('%s is malformed, and what it took is not known', async (_, type, body) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const broken = openClaude({ ...claude.access, baseUrl: `http://127.0.0.1:${port}` });
    expect(await broken.ask(request)).toEqual({
      kind: 'malformed',
      because: 'What Claude answered is not in the form that its interface promises.',
    });
    await new Promise((done) => server.close(done));
  });

  test('nobody there is an answer too', async () => {
    const nobody = openClaude({ ...claude.access, baseUrl: 'http://127.0.0.1:1' });
    expect(await nobody.ask(request)).toMatchObject({
      kind: 'down',
      because: 'Claude could not be reached.',
    });
  });
});

function streamOf(input: string): string {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], usage };
  const events = [
    { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'look', input: {} },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: input } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  return events.map((one) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\n\n`).join('');
}
