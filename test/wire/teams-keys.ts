import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

const base64 = (data: object) => Buffer.from(JSON.stringify(data)).toString('base64url');
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const strangers = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = 'roster-test';

export const registration = {
  appId: '00000000-0000-4000-8000-00000000a001',
  password: 'made up',
  tenantId: '00000000-0000-4000-8000-00000000e001',
};

/** The platform's public key, as it publishes it: one for many channels. */
export const published = {
  keys: [
    {
      ...keys.publicKey.export({ format: 'jwk' }),
      kid,
      use: 'sig',
      endorsements: ['msteams', 'webchat', 'directline'],
    },
  ],
};

interface Told {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** A key that the platform never published, under the name of its own. */
  forged?: true;
}

/** A token as the Bot Framework sends one beside an activity from `serviceUrl`, or changed as told. */
export function tokenFor(serviceUrl: string, { claims, header, forged }: Told = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const said = {
    iss: 'https://api.botframework.com',
    aud: registration.appId,
    serviceurl: serviceUrl,
    nbf: now - 60,
    exp: now + 3_600,
    ...claims,
  };
  const text = `${base64({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${base64(said)}`;
  return `${text}.${signed(text, forged ? strangers.privateKey : keys.privateKey)}`;
}

function signed(text: string, key: KeyObject): string {
  return createSign('RSA-SHA256').update(text).sign(key).toString('base64url');
}
