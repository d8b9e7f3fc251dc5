import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Database } from '../../src/postgres/database.ts';
import { openShift, type Shift } from '../shift.ts';
import type { Outside } from './outside.ts';

/** A shift for the stories of one `describe`: opened and given before the first, empty before each, closed after the last. */
export function onShift(open: () => Promise<Database>, outside: Outside, give: (shift: Shift) => void): void {
  let shift: Shift | undefined;
  beforeAll(async () => {
    shift = await openShift(await open(), outside);
    give(shift);
  });
  beforeEach(async () => {
    outside.reset();
    await shift?.forget();
  });
  afterAll(() => shift?.close());
}
