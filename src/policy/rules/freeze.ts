import type { Facts, Said } from '../facts.ts';
import type { Policy } from '../policy.ts';

/** A change freeze refuses every change it covers, whoever would approve it. */
export function freeze({ at, target }: Facts, { freezes }: Policy): Said {
  const rule = 'freeze';
  const now = Date.parse(at);
  const covering = freezes.find(({ from, to, services }) => {
    const during = Date.parse(from) <= now && now < Date.parse(to);
    return during && (services === undefined || services.some((one) => target.services.includes(one)));
  });
  if (!covering) return { rule, kind: 'allow', because: 'No change freeze covers it.' };
  return { rule, kind: 'refuse', because: `A change freeze lasts until ${covering.to}: ${covering.because}` };
}
