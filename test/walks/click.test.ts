import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { openShift, type Shift, where, who } from './shift.ts';

describe.skipIf(!haveLocalSlack)('a bad deployment, one click', () => {
  let shift: Shift;
  beforeAll(async () => {
    shift = await openShift();
  }, 90_000);
  afterAll(() => shift.close());

  it('is noticed, investigated, asked about, mended and shown to be mended', async () => {
    const { ops } = shift;
    const parent = await ops.expectCard(where.ops, /Checkout: .* far from usual/, 30_000);
    expect(parent.by).toBe('Ada, AI worker');
    expect(parent.words).toContain('AI worker');
    const found = await ops.expectCard(where.ops, /What I found/, 20_000, parent.ts);
    expect(found.by).toBe('Iris, AI worker');
    expect(found.words).toMatch(/Ada → Iris: find out what broke on Checkout, 90 % sure/);
    expect(found.words).toMatch(/Deployments:\*? checkout was deployed: /);

    const asked = await ops.expectCard(where.ops, /Please decide: Roll checkout back/, 20_000, parent.ts);
    expect(asked.by).toBe('Rex, AI worker');
    const routed = await ops.expectCard(where.ops, /Nora → Rex: roll checkout back to/, 10_000, parent.ts);
    expect(routed.by).toBe('Nora, AI worker');
    expect(routed.words).toMatch(/At stake: SEV1, EUR 380 a minute/);
    expect(asked.buttons).toEqual(['Approve', 'Reject', 'Ask for more', 'By hand']);
    expect(asked.fallback).toContain(`<@${who.governor}>`);
    expect(asked.fallback).toContain('approve or reject');
    const same = await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 10_000);

    await ops.clickAs('U09STRANGER', same, 'Approve');
    await ops.expectNote(where.approvals, 'U09STRANGER', /Roster does not know you/);
    await ops.clickAs(who.manager, same, 'Approve');
    await ops.expectNote(
      where.approvals,
      who.manager,
      /answer for this worker, so somebody else must decide/,
    );
    await ops.clickAs(who.dba, same, 'Approve');
    await ops.expectNote(where.approvals, who.dba, /needs the role on-call or governor/);
    expect((await ops.again(same))?.buttons).toEqual(['Approve', 'Reject', 'Ask for more', 'By hand']);

    await ops.clickAs(who.governor, same, 'Approve');
    const settled = await ops.expectCard(where.approvals, /Approved: Roll checkout back/, 10_000);
    expect(settled.buttons).toEqual([]);
    expect(settled.words).toContain(`<@${who.governor}>`);
    await ops.expectCard(
      where.ops,
      /Approved: Roll checkout back[\s\S]*Done: Roll checkout back/,
      20_000,
      parent.ts,
    );

    await ops.expectCard(where.ops, /Verified mended after/, 30_000, parent.ts);
    const report = await ops.expectCard(where.ops, /Post-mortem of inc-1: draft/, 30_000, parent.ts);
    expect(report.words).toMatch(/"Roll checkout back to \S+" helped/);
    expect(report.words).toMatch(/1,400 users an hour \/ 60 × [\d.]+ % of requests failing × [\d.]+ min/);
    expect(report.buttons).toEqual(['Edit', 'Add action', 'File']);
    await ops.clickAs(who.oncall, report, 'File');
    await ops.expectCard(where.ops, /Post-mortem of inc-1: filed/, 10_000, parent.ts);
    await ops.expectCard(where.ops, /Verified mended, closed/, 20_000);
    expect(shift.log()).toMatch(/inc-1 on checkout is verified mended/);
  });

  it('a click on a card that is settled changes nothing and says so to the one who clicked', async () => {
    const { ops } = shift;
    const settled = await ops.expectCard(where.approvals, /Approved: Roll checkout back/);
    const before = await ops.again(settled);
    const value = JSON.stringify({ do: 'approve', approval: 'apr-00000000-0000-0000-0000-000000000000' });
    await ops.click(who.second, settled, { action_id: 'approve', value });
    await ops.expectNote(where.approvals, who.second, /not known here any more/);
    await ops.click(who.second, settled, { action_id: 'approve', value: 'drop everything' });
    await ops.expectNote(where.approvals, who.second, /none of ours/);
    expect(await ops.again(settled)).toEqual(before);
  });

  it('faults that low-risk steps mend are mended without asking', async () => {
    const { ops } = shift;
    for (const [fault, deed] of [
      ['memory-leak', /Restart \S+ on app-/],
      ['full-disk', /Rotate and compress the logs on/],
    ] as const) {
      await ops.command({ channel: where.ops, user: who.oncall, text: `break ${fault}` });
      const thread = await untilThread(
        fault === 'memory-leak' ? /available memory|latency/ : /free disk space|error rate/,
        deed,
      );
      await ops.expectCard(where.ops, /Verified mended after/, 30_000, thread);
    }
    expect((await ops.cards(where.approvals)).length).toBe(1);
  });

  it('the stand-up tells of it', async () => {
    const { ops } = shift;
    await ops.command({ channel: where.ops, user: who.manager, text: 'standup' });
    const standup = await ops.expectNote(where.ops, who.manager, /Stand-up so far/);
    expect(standup.words).toMatch(/inc-1>? on checkout mended and verified within/);
    expect(standup.words).toMatch(/Roll checkout back to \S+, after an approval/);
    expect(standup.words).toMatch(/Rotate and compress the logs on \S+, alone/);
  });

  /** The thread in which a worker did `deed` alone. */
  async function untilThread(about: RegExp, deed: RegExp): Promise<string> {
    const { ops } = shift;
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      for (const parent of (await ops.cards(where.ops)).filter((one) => about.test(one.words)).reverse()) {
        if ((await ops.thread(where.ops, parent.ts)).some((one) => deed.test(one.title))) return parent.ts;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`Nobody did ${deed} within a minute:\n${shift.log()}`);
  }
});
