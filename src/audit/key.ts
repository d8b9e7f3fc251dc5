import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from './link.ts';

export interface Signed {
  /** The public key, raw, base64url. */
  key: string;
  /** SHA-256 (hex) of the raw public key: what people compare. */
  fingerprint: string;
  /** base64url */
  signature: string;
}

/** Signs with this installation's own key. */
export interface Signer {
  fingerprint: string;
  sign(purpose: Purpose, text: string): Signed;
}

/** What a signature is for, so that none can be shown as one of the other kind. */
type Purpose = 'checkpoint' | 'export';

export const signedShape = {
  key: z.string(),
  fingerprint: z.string(),
  signature: z.string(),
};

/** Opens the Ed25519 key in `folder`, made at the first use and readable by this user alone. */
export function openSigner(folder: string): Signer {
  const file = keyFile(folder);
  if (!existsSync(file)) makeKey(folder, file);
  const secret = createPrivateKey(readFileSync(file, 'utf8'));
  const key = createPublicKey(secret).export({ format: 'jwk' }).x ?? '';
  const fingerprint = fingerprintOf(key);
  return {
    fingerprint,
    sign: (purpose, text) => ({
      fingerprint,
      key,
      signature: sign(null, message(purpose, text), secret).toString('base64url'),
    }),
  };
}

/** Whether a key was made in `folder`. */
export function hasKey(folder: string): boolean {
  return existsSync(keyFile(folder));
}

/** Whether `text` was signed for `purpose` with the key that is named, each part written in its one canonical way. */
export function isSigned(purpose: Purpose, text: string, { key, fingerprint, signature }: Signed): boolean {
  if (![key, signature].every(isCanonical) || fingerprint !== fingerprintOf(key)) return false;
  const publicKey = publicKeyOf(key);
  if (!publicKey) return false;
  return verify(null, message(purpose, text), publicKey, Buffer.from(signature, 'base64url'));
}

function keyFile(folder: string): string {
  return join(folder, 'audit-key.pem');
}

/** Written aside and linked, so that of two processes that make it at once one wins and neither reads half a key. */
function makeKey(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  const aside = `${file}.${randomUUID()}`;
  writeFileSync(aside, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function publicKeyOf(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function message(purpose: Purpose, text: string): Buffer {
  return Buffer.from(`roster audit ${purpose}\n${text}`);
}

function fingerprintOf(key: string): string {
  return sha256(Buffer.from(key, 'base64url')).toString('hex');
}

function isCanonical(encoded: string): boolean {
  return Buffer.from(encoded, 'base64url').toString('base64url') === encoded;
}
