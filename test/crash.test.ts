import { expect, inject, test } from 'vitest';
import { misjudged, openScene } from '../conformance/dead.ts';

const patiently = { timeout: 90_000 };

test.skipIf(!inject('postgres'))(
  'the kit sees an effect that a process had and the one after it had again',
  patiently,
  async () => {
    const scene = await openScene({ tool: 'roll-back', unmarked: true, takesKey: 'so it says' });
    try {
      await scene.dieAt('start: done outside');
      await scene.takeOver();
      expect(await misjudged(scene, ['done'])).toBe('It is done after 2 effects.');
      expect(await misjudged(scene, ['indeterminate'])).toMatch(/^It is done after 2 effects; wanted was/);
    } finally {
      await scene.close();
    }
  },
);
