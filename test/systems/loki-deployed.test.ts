import { expect, onTestFinished, test } from 'vitest';
import { deployedVersion } from '../../src/systems/loki/deployed.ts';
import { openLoki } from '../../src/systems/loki/read.ts';
import { openWire } from './wire.ts';

const now = new Date('2026-11-20T10:00:00Z');

/** Asks a Loki that holds these lines, newest first, whatever it is asked for. */
async function asked(lines: string[], service = 'checkout') {
  const values = lines.map((line, nth) => [`${1_795_168_800_000_000_000n - BigInt(nth)}`, line]);
  const body = { data: { resultType: 'streams', result: [{ stream: { job: 'deployments' }, values }] } };
  const wire = await openWire(() => ({ body }));
  onTestFinished(wire.close);
  return { version: await deployedVersion(openLoki({ url: wire.url }), service, now), seen: wire.seen };
}

test('the last 30 days of one service are asked for', async () => {
  const { seen } = await asked([]);
  expect(Object.fromEntries(seen[0]?.params ?? [])).toMatchObject({
    query: '{job="deployments"} |= "service=checkout "',
    start: '1792576800000000000',
    end: '1795168800000000000',
    direction: 'backward',
  });
});

const fine = 'deployed service=checkout version=2.1 replacing=2.0';
const lines: { newest: string; says: string | undefined }[] = [
  { newest: fine, says: '2.1' },
  { newest: 'deployed service=checkout version=2.2+b7', says: '2.2+b7' },
  { newest: 'deployed service=checkout-api version=9 replacing=8', says: '2.1' },
  { newest: 'failed service=checkout version=9 replacing=8', says: '2.1' },
  { newest: 'failed: deployed service=checkout version=9', says: '2.1' },
  { newest: 'deployed service=checkout version="9 beta"', says: '2.1' },
  { newest: 'deployed service=checkout version=9;reboot', says: '2.1' },
  { newest: `deployed service=checkout version=${'9'.repeat(61)}`, says: '2.1' },
];
test.each(lines)('after "$newest" the version is $says', async ({ newest, says }) => {
  expect((await asked([newest, fine])).version).toBe(says);
});

test('no line, no version', async () => {
  expect((await asked([])).version).toBeUndefined();
  expect((await asked([fine], 'search')).version).toBeUndefined();
});
