import { afterEach, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { openShift, type Shift, where, who } from './shift.ts';

describe.skipIf(!haveLocalSlack)('the app is killed and the chat workspace is lost', () => {
  let shift: Shift;
  afterEach(() => shift.close());

  it('and what is open is posted anew, once', async () => {
    shift = await openShift({ speed: 6 });
    const { ops } = shift;
    await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 60_000);
    await shift.kill();
    await ops.reset();
    await shift.start();
    const again = await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 60_000);
    await ops.expectCard(where.ops, /Checkout: .* far from usual/, 20_000);
    expect(shift.log()).toMatch(
      /no longer has what was posted, so 1 incidents and 1 approvals are posted anew/,
    );
    await ops.clickAs(who.oncall, again, 'Approve');
    await ops.expectCard(where.ops, /Verified mended, closed/, 90_000);
    expect(await ops.cards(where.approvals)).toHaveLength(1);
  }, 240_000);
});
