import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { openShift, type Shift, where, who } from './shift.ts';

describe.skipIf(!haveLocalSlack)('a mention', () => {
  let shift: Shift;
  beforeAll(async () => {
    shift = await openShift({ speed: 0.1 });
  }, 90_000);
  afterAll(() => shift.close());

  it('gets a sign of life within a second and an answer from the record in its thread', async () => {
    const { ops } = shift;
    const began = Date.now();
    const ts = await ops.mention({
      channel: where.ops,
      user: who.oncall,
      text: 'what is happening with checkout?',
    });
    await ops.expectReaction(where.ops, ts, 'eyes', 1_000 - Math.min(900, Date.now() - began));
    const answer = await ops.expectCard(where.ops, /Checkout has no open incident/, 10_000, ts);
    expect(answer.words).toContain('Answered from the record, without a language model.');
    expect(answer.words).toContain('AI worker');
  });

  it('says what it is when asked', async () => {
    const ts = await shift.ops.mention({ channel: where.ops, user: who.dba, text: 'ada, are you a human?' });
    const answer = await shift.ops.expectCard(where.ops, /No\. I am Ada, an AI worker/, 10_000, ts);
    expect(answer.fallback).toContain('an AI worker');
  });

  it('in a direct message is answered as well', async () => {
    const { channel, ts } = await shift.ops.tell({ user: who.manager, text: 'what is open?' });
    await shift.ops.expectCard(channel, /What you can ask me|No open incidents/, 10_000, ts);
  });

  it('that is edited is not answered again, and what Ada says herself never is', async () => {
    const { ops } = shift;
    const ts = await ops.mention({ channel: where.ops, user: who.oncall, text: 'approvals?' });
    await ops.expectCard(where.ops, /Nothing waits for an approval/, 10_000, ts);
    await ops.edit(where.ops, who.oncall, ts, '<@U01ROSTER> incidents?');
    const next = await ops.mention({ channel: where.ops, user: who.oncall, text: 'standup' });
    await ops.expectCard(where.ops, /Stand-up so far/, 10_000, next);
    expect((await ops.thread(where.ops, ts)).length).toBe(1);
  });

  it('a command is answered to the asker alone', async () => {
    const { ops } = shift;
    const before = (await ops.cards(where.ops)).length;
    await ops.command({ channel: where.ops, user: who.governor, text: 'help' });
    const help = await ops.expectNote(where.ops, who.governor, /incidents: what is open now/);
    expect(help.words).toContain('break: (trial only)');
    await ops.command({ channel: where.ops, user: who.governor, text: 'dance' });
    await ops.expectNote(where.ops, who.governor, /There is no \/roster dance/);
    expect((await ops.cards(where.ops)).length).toBe(before);
  });
});
