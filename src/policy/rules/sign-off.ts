import type { Facts, Said } from '../facts.ts';

/** No operating charter signed off for this kind of site, no change. */
export function signOff({ site, signedFor }: Facts): Said {
  const rule = 'sign-off';
  if (signedFor === site)
    return { rule, kind: 'allow', because: `The operating charter is signed off for this ${site} site.` };
  const found =
    signedFor === 'nobody'
      ? 'There is no signed operating charter'
      : `The operating charter is signed off for a ${signedFor} site only`;
  return {
    rule,
    kind: 'refuse',
    because: `${found}: have it signed off before workers may change anything.`,
  };
}
