import { setTimeout as wait } from 'node:timers/promises';
import type { PictureId } from '../../ids.ts';
import type { Card } from '../card.ts';
import { type Log, refusal, say } from './client.ts';
import { type Rendered, render } from './render.ts';
import type { Speech } from './text.ts';
import type { Uploads } from './upload.ts';

interface Deps {
  speech: Speech;
  uploads: Uploads | undefined;
  log: Log;
}

type Send<T> = (drawn: Rendered) => Promise<T>;

/**
 * Draws a card and sends it. Slack takes a picture while it takes the message and refuses all of it when it cannot:
 * one that was just uploaded is given some seconds, then words say what it shows.
 */
export function drawing({ speech, uploads, log }: Deps) {
  return async <T>(card: Card, marker: string, send: Send<T>): Promise<T> => {
    const pictures = card.blocks.flatMap((block) => (block.kind === 'picture' ? [block.picture] : []));
    const files = uploads && pictures.length > 0 ? await uploads.filesOf(pictures) : new Map();
    const told = { ...speech, file: (id: PictureId) => files.get(id) };
    try {
      const pauses = files.size > 0 && uploads ? uploads.pausesMs : [];
      return await untilTaken(pauses, () => send(render(card, marker, told)));
    } catch (error) {
      if (!isRefused(error) || pictures.length === 0) throw error;
      log.warn(`${files.size > 0 ? notShown : notFetched}; it is shown in words: ${say(error)}`);
    }
    const taken = await send(render(card, marker, { ...speech, picture: () => undefined }));
    await uploads?.refused([...files.keys()]);
    return taken;
  };
}

const notFetched = 'Slack refuses a card with a picture, probably because it cannot fetch it from PUBLIC_URL';
const notShown = 'Slack refuses a card with a picture that was uploaded';

async function untilTaken<T>(pauses: number[], work: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      if (!isRefused(error)) throw error;
      await wait(pause);
    }
  }
  return await work();
}

function isRefused(error: unknown): boolean {
  return refusal(error) === 'invalid_blocks';
}
