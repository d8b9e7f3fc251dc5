import { expect, onTestFinished, test } from 'vitest';
import { openJaeger } from '../../src/systems/jaeger/read.ts';
import { openWire } from './wire.ts';

const from = new Date('2026-11-20T10:00:00Z');
const to = new Date('2026-11-20T10:15:00.250Z');

async function jaeger(answer: Parameters<typeof openWire>[0], timeoutMs?: number) {
  const wire = await openWire(answer);
  onTestFinished(wire.close);
  const { findSpans } = openJaeger({ url: wire.url, timeoutMs });
  return { spans: () => findSpans('checkout', from, to, 50), seen: wire.seen };
}

const span = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  name: 'POST /checkout',
  kind: 2,
  startTimeUnixNano: '1795168800500000000',
  endTimeUnixNano: '1795168800750500000',
  attributes: [
    { key: 'http.response.status_code', value: { intValue: '500' } },
    { key: 'retried', value: { boolValue: true } },
    { key: 'hops', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
  ],
  events: [
    {
      timeUnixNano: '1795168800600000000',
      name: 'exception',
      attributes: [{ key: 'exception.type', value: { stringValue: 'TypeError' } }],
    },
  ],
  status: { code: 2 },
};
const resource = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'checkout' } },
    { key: 'service.version', value: { stringValue: '2.1' } },
  ],
};
const holding = (...spans: object[]) => ({
  result: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] },
});

test('spans are told flat, with what their resource and their exception say', async () => {
  const { spans, seen } = await jaeger(() => ({ body: holding(span) }));
  expect(await spans()).toEqual([
    {
      trace: '5b8efff798038103d269b633813fc60c',
      span: 'eee19b7ec3c1b174',
      parent: 'eee19b7ec3c1b173',
      service: 'checkout',
      operation: 'POST /checkout',
      kind: 'server',
      start: new Date('2026-11-20T10:00:00.500Z'),
      durationMs: 250.5,
      error: true,
      attributes: {
        'service.name': 'checkout',
        'service.version': '2.1',
        'exception.type': 'TypeError',
        'http.response.status_code': '500',
        retried: 'true',
        hops: '{"values":[{"stringValue":"a"}]}',
      },
    },
  ]);
  expect(seen[0]?.path).toBe('/api/v3/traces');
  expect(Object.fromEntries(seen[0]?.params ?? [])).toMatchObject({
    'query.serviceName': 'checkout',
    'query.startTimeMin': '2026-11-20T10:00:00.000Z',
    'query.startTimeMax': '2026-11-20T10:15:00.250Z',
    'query.searchDepth': '50',
    'query.service_name': 'checkout',
    'query.search_depth': '50',
  });
});

const bare = { traceId: 'QrI=', spanId: 'AAE=', startTimeUnixNano: 1, endTimeUnixNano: '3000001' };
const forms: [says: string, given: object, found: object][] = [
  ['only what must be there', bare, { parent: undefined, operation: '', error: false, durationMs: 3 }],
  ['no parent, in zeros', { ...bare, parentSpanId: '0000000000000000' }, { parent: undefined }],
  ['no parent, in base64', { ...bare, parentSpanId: 'AAAAAAAAAAA=' }, { parent: undefined }],
  [
    'enums by their names',
    { ...bare, kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_ERROR' } },
    { kind: 'client', error: true },
  ],
  ['all is well', { ...bare, status: { code: 1 } }, { error: false, kind: 'internal' }],
  [
    'the older tag of an error',
    { ...bare, attributes: [{ key: 'error', value: { boolValue: true } }] },
    { error: true },
  ],
  ['a clock that went backwards', { ...bare, endTimeUnixNano: '0' }, { durationMs: 0 }],
];
test.each(forms)('%s', async (_, given, found) => {
  const { spans } = await jaeger(() => ({ body: holding(given) }));
  expect(await spans()).toMatchObject([found]);
});

test('an answer that is streamed comes in lines', async () => {
  const { spans } = await jaeger(() => ({
    body: [span, bare].map((one) => JSON.stringify(holding(one))).join('\n'),
  }));
  expect((await spans()).map(({ operation }) => operation)).toEqual(['POST /checkout', '']);
});

test('that there are no such traces is an empty list; that nobody answers there is not', async () => {
  const none = { error: { httpCode: 404, message: 'No traces found' } };
  expect(await (await jaeger(() => ({ status: 404, body: none }))).spans()).toEqual([]);
  expect(await (await jaeger(() => ({ body: { result: {} } }))).spans()).toEqual([]);
  const lost = await jaeger(() => ({ status: 404, body: '404 page not found\n' }));
  await expect(lost.spans()).rejects.toThrow(
    'Jaeger answered GET /api/v3/traces with 404: 404 page not found',
  );
});

const wrong: [says: string, answer: { status?: number; body: unknown }, because: string][] = [
  [
    'a refusal',
    { status: 400, body: { error: { httpCode: 400, message: 'malformed parameter query.searchDepth' } } },
    'with 400: malformed parameter query.searchDepth',
  ],
  [
    'a failure half-way',
    { body: `${JSON.stringify(holding(span))}\n{"error":{"message":"storage is gone"}}` },
    'with 200 and then: storage is gone',
  ],
  ['another system', { body: '<html>Welcome</html>' }, 'in an unexpected shape: is not JSON'],
  [
    'another shape',
    { body: holding({ ...span, traceId: 7 }) },
    'in an unexpected shape: result.resourceSpans.0.scopeSpans.0.spans.0.traceId',
  ],
];
test.each(wrong)('%s is told', async (_, answer, because) => {
  await expect((await jaeger(() => answer)).spans()).rejects.toThrow(because);
});

test('silence ends when the time is up', async () => {
  const { spans } = await jaeger(() => 'silence', 40);
  await expect(spans()).rejects.toThrow('Jaeger did not answer GET /api/v3/traces: no answer within 0.04 s');
});
