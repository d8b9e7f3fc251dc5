import { describe, expect, test } from 'vitest';
import { type Bound, digestOf, permit } from '../../src/actions/action.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import type { Decision } from '../../src/policy/decide.ts';
import type { Kind } from '../../src/policy/facts.ts';

const decided = (kind: Kind): Decision => ({ kind, because: [`It is ${kind}.`], said: [] });
const approval = (status: Approval['status'], digest = 'now') => ({ status, digest }) as Approval;
const run = (autonomous: boolean) => ({ kind: 'run', autonomous });
const end = (status: string, because: string) => ({ kind: 'end', status, because });
const changed = {
  kind: 'again',
  because: 'The action, its charter or the policy changed since this was asked.',
};

describe('whether an action may run now', () => {
  const rows: [decision: Kind, approval: Approval | undefined, permission: object][] = [
    ['allow', undefined, run(true)],
    ['notify', undefined, run(true)],
    ['ask', undefined, { kind: 'ask' }],
    ['refuse', undefined, end('refused', 'It is refuse.')],
    ['ask', approval('open'), { kind: 'wait' }],
    ['allow', approval('open'), { kind: 'wait' }],
    ['refuse', approval('open'), end('refused', 'It is refuse.')],
    ['ask', approval('approved'), run(false)],
    ['allow', approval('approved'), run(false)],
    ['refuse', approval('approved'), end('refused', 'It is refuse.')],
    ['ask', approval('approved', 'before'), changed],
    ['allow', approval('approved', 'before'), changed],
    ['ask', approval('open', 'before'), changed],
    ['refuse', approval('approved', 'before'), end('refused', 'It is refuse.')],
    ['ask', approval('superseded'), { kind: 'ask' }],
    ['ask', approval('superseded', 'before'), { kind: 'ask' }],
    ['allow', approval('superseded'), run(true)],
    ['refuse', approval('superseded'), end('refused', 'It is refuse.')],
    ['ask', approval('rejected', 'before'), end('rejected', 'A person rejected it.')],
    ['ask', approval('rejected'), end('rejected', 'A person rejected it.')],
    ['allow', approval('rejected'), end('rejected', 'A person rejected it.')],
    ['ask', approval('lapsed'), end('lapsed', 'Nobody approved it in time.')],
    ['allow', approval('lapsed'), end('lapsed', 'Nobody approved it in time.')],
    ['ask', approval('withdrawn'), end('refused', 'What it was asked for is no longer needed.')],
    ['allow', approval('withdrawn'), end('refused', 'What it was asked for is no longer needed.')],
  ];
  test.each(rows)('decided %s, approval %j', (kind, asked, permission) => {
    const now = { decision: decided(kind), digest: 'now', approval: asked, drift: undefined, paused: false };
    expect(permit(now)).toEqual(permission);
    // While the incident is paused, what would run waits and nothing else is otherwise.
    const paused = permit({ ...now, paused: true });
    expect(paused).toEqual('autonomous' in permission ? { kind: 'wait' } : permission);
  });

  const drift = 'The version was 41 when this was asked and is 42 now.';
  const again = { kind: 'again', because: drift };
  test.each<[Kind, Approval | undefined, object]>([
    ['ask', approval('open'), again],
    ['ask', approval('approved'), again],
    ['allow', approval('approved'), again],
    ['ask', approval('approved', 'before'), changed],
    ['refuse', approval('approved'), end('refused', 'It is refuse.')],
    ['ask', approval('rejected'), end('rejected', 'A person rejected it.')],
    ['ask', approval('lapsed'), end('lapsed', 'Nobody approved it in time.')],
    ['allow', undefined, run(true)],
    ['ask', undefined, { kind: 'ask' }],
  ])('with a fact that drifted: decided %s, approval %j', (kind, asked, permission) => {
    expect(permit({ decision: decided(kind), digest: 'now', approval: asked, drift, paused: false })).toEqual(
      permission,
    );
  });
});

describe('the digest of what would run', () => {
  const bound: Bound = {
    tool: 'roll-back',
    toolVersion: 1,
    arguments: { service: 'checkout', version: '41' },
    target: 'checkout',
    charter: 'ada@1',
    policy: '1',
    charterDigest: 'a',
    policyDigest: 'b',
  };

  test('is the same however the arguments are ordered', () => {
    const turned = { ...bound, arguments: { version: '41', service: 'checkout' } };
    expect(digestOf(turned)).toBe(digestOf(bound));
    expect(digestOf(bound)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<Partial<Bound>>([
    { tool: 'roll-forward' },
    { toolVersion: 2 },
    { arguments: { service: 'checkout', version: '42' } },
    { arguments: { service: '41', version: 'checkout' } },
    { target: 'payments' },
    { charter: 'ada@2' },
    { policy: '2' },
    { charterDigest: 'b' },
    { policyDigest: 'a' },
  ])('is another with %j', (difference) => {
    expect(digestOf({ ...bound, ...difference })).not.toBe(digestOf(bound));
  });
});
