// Pictures that cards show: kept in the database, let out under an address that nobody can guess.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PictureId } from '../ids.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { dropOldPictures, findPicture, insertPicture } from './store.ts';

/** Days a picture is kept: as long as a card says how often something was seen. */
const keptDays = 90;

/** Keeps a PNG under a new id of 160 random bits; those that are too old go at the same time. */
export async function keepPicture(tx: Tx, png: Uint8Array): Promise<PictureId> {
  const id = randomBytes(20).toString('hex') as PictureId;
  await dropOldPictures(tx, keptDays);
  await insertPicture(tx, id, png);
  return id;
}

/** A picture's PNG; undefined once it is too old. */
export function pictureOf(db: Db, id: PictureId): Promise<Uint8Array | undefined> {
  return findPicture(db, id);
}

/** Where pictures are found below `publicUrl`, as the surfaces want to know; undefined where there is no such address. */
export function addressOfPictures(publicUrl: string | undefined): ((id: PictureId) => string) | undefined {
  return publicUrl === undefined ? undefined : (id) => `${publicUrl}${picturesPath}${id}.png`;
}

export const picturesPath = '/pictures/';

/** Lets a picture out to whoever has its address: chat platforms fetch it without an account of ours. */
export function pictureDoor(db: Db): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const name = request.url?.split('?')[0]?.slice(picturesPath.length) ?? '';
    const [, id] = /^([0-9a-f]{40})\.png$/.exec(name) ?? [];
    const png = id === undefined ? undefined : await pictureOf(db, id as PictureId);
    if (!png) return void response.writeHead(404, { ...always, 'cache-control': 'no-store' }).end();
    response.writeHead(200, { ...always, ...found, 'content-length': png.byteLength });
    response.end(request.method === 'HEAD' ? undefined : png);
  };
}

const always = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
};
/** A picture never changes; shown within other sites' pages it must be. */
const found = {
  'content-type': 'image/png',
  'cache-control': 'public, max-age=604800, immutable',
  'cross-origin-resource-policy': 'cross-origin',
};
