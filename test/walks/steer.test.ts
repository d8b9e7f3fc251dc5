import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { openShift, type Shift, where, who } from './shift.ts';

describe.skipIf(!haveLocalSlack)('a person steers an incident from its thread and its card', () => {
  let shift: Shift;
  beforeAll(async () => {
    shift = await openShift({ speed: 10 });
  }, 90_000);
  afterAll(() => shift.close());

  it('paused by a word in the thread, an approved roll-back waits until the button resumes it', async () => {
    const { ops } = shift;
    const parent = await ops.expectCard(where.ops, /Checkout: .* far from usual/, 60_000);
    const asked = await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 30_000);

    const say = (user: string, text: string) =>
      ops.mention({ channel: where.ops, user, text, thread: parent.ts });
    await say(who.manager, 'pause');
    await ops.expectCard(where.ops, /Only on-call or governor may step in here/, 10_000, parent.ts);
    await say(who.oncall, 'pause, please');
    await ops.expectCard(where.ops, /Done as you say/, 10_000, parent.ts);
    const paused = await ops.expectCard(where.ops, /Paused by <@U01ONCALL>/);
    expect(paused.buttons).toEqual(["I've got it", 'Resume', 'Escalate', 'Stop all workers']);
    await ops.expectCard(where.approvals, /runs only after it is resumed/);

    await ops.clickAs(who.governor, asked, 'Approve');
    await ops.expectCard(where.approvals, /Approved: Roll checkout back[\s\S]*only after it is resumed/);

    const thought = await ops.expectCard(where.ops, /What I think/, 10_000, parent.ts);
    await ops.clickAs(who.governor, thought, 'Look elsewhere');
    expect(Object.values(await ops.submitAs(who.governor, 'db-99'))[0]).toMatch(/did you mean db-0/);

    await ops.clickAs(who.oncall, paused, 'Resume');
    await ops.expectCard(where.ops, /Done: Roll checkout back/, 20_000, parent.ts);
  }, 90_000);

  it('sent elsewhere with the form, it looks there, and the thread says whose word it was', async () => {
    const { ops } = shift;
    await ops.expectCard(where.ops, /Verified mended, closed/, 60_000);
    await ops.command({ channel: where.ops, user: who.governor, text: 'break bad-deployment' });
    const second = await ops.expectCard(where.ops, /inc-2 /, 60_000);
    await ops.expectCard(where.approvals, /Please decide: Roll [\s\S]*inc-2/, 30_000);
    const thought = await ops.expectCard(where.ops, /What I think/, 10_000, second.ts);
    await ops.clickAs(who.oncall, thought, 'Look elsewhere');
    expect(await ops.submitAs(who.oncall, 'db-02')).toEqual({});
    const said = await ops.expectCard(where.ops, /Looking elsewhere/, 10_000, second.ts);
    expect(said.words).toMatch(/By <@U01ONCALL>\. I look at db-02\./);
    await ops.expectCard(where.approvals, /Withdrawn\. The incident has moved on/, 10_000);
    await ops.expectCard(where.ops, /No known cause fits at db-02/, 30_000, second.ts);
  }, 120_000);
});
