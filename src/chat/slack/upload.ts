import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { PictureId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';
import { pictureOf } from '../pictures.ts';
import { type Log, refusal, say } from './client.ts';
import { once, patiently } from './patience.ts';
import { findFile, forgetFile, keepFile, setCompleted } from './store.ts';

export interface Uploads {
  /** The files of pictures in this workspace, each uploaded once; those that cannot be are left out. Never throws. */
  filesOf(pictures: PictureId[]): Promise<Map<PictureId, string>>;
  /** Slack does not show these: what it has had for more than ten minutes is uploaded anew the next time. Never throws. */
  refused(pictures: PictureId[]): Promise<void>;
  /** How long Slack is given, try by try, to be done with a file. */
  pausesMs: number[];
}

interface Deps {
  db: Db;
  /** From `openSlackClient`. */
  client: webApi.WebClient;
  log: Log;
  now(): Date;
  pausesMs?: number[];
}

/** Where pictures cannot be fetched from us: they are given to Slack as files that nobody is shown but within a card. */
export function openUploads({ db, client, log, now, pausesMs = [500, 1_000, 2_000, 4_000] }: Deps): Uploads {
  const workspace = once(async () => team.parse(await client.auth.test()).team_id);
  const underWay = new Map<PictureId, Promise<string | undefined>>();
  let closedUntil = 0;

  async function fileOf(picture: PictureId): Promise<string | undefined> {
    if (now().getTime() < closedUntil) return undefined;
    try {
      const at = { workspace: await patiently(workspace, log), picture };
      const row = await findFile(db, at);
      if (row?.completed) return row.file;
      if (row && (await isCompleted(client, row.file, log))) {
        await setCompleted(db, at, row.file);
        return row.file;
      }
      const png = await pictureOf(db, picture);
      if (!png) return undefined;
      const file = await upload(client, png, log);
      // Said before it is completed: what is never completed is no file, and what is, is found here after a crash.
      await keepFile(db, at, file);
      await complete(client, file, log);
      await setCompleted(db, at, file);
      return file;
    } catch (error) {
      const barredNow = barred.has(refusal(error) ?? '');
      if (barredNow) closedUntil = now().getTime() + hourMs;
      log.warn(barredNow ? `${notAllowed} (${refusal(error)})` : `${failed}: ${say(error)}`);
      return undefined;
    }
  }

  return {
    pausesMs,
    filesOf: async (pictures) => {
      const files = new Map<PictureId, string>();
      for (const picture of pictures) {
        const work = underWay.get(picture) ?? fileOf(picture);
        underWay.set(picture, work);
        const file = await work.finally(() => underWay.delete(picture));
        if (file) files.set(picture, file);
      }
      return files;
    },
    refused: async (pictures) => {
      try {
        for (const picture of pictures) await forgetFile(db, { workspace: await workspace(), picture }, 10);
      } catch (error) {
        log.warn(`That Slack does not show an uploaded picture could not be kept: ${say(error)}`);
      }
    },
  };
}

const hourMs = 3_600_000;
const team = z.object({ team_id: z.string().min(1) });
const place = z.object({ upload_url: z.url(), file_id: z.string().regex(/^F[A-Z0-9]{8,}$/) });

/** Refusals that stay until somebody changes the app or the workspace; asked again after an hour. */
const barred = new Set([
  ...['missing_scope', 'unknown_method', 'not_allowed_token_type', 'access_denied', 'accesslimited'],
  ...['file_uploads_disabled', 'team_access_not_granted', 'restricted_action'],
]);
const notAllowed =
  'Slack does not let Roster upload pictures, so cards say in words what they would show: give the app the scope files:write as in manifests/slack.json and install it again, or set PUBLIC_URL.';
const failed = 'A picture could not be uploaded to Slack, so its card says in words what it would show';

/** Brings the bytes to Slack; the id of what becomes a file once it is completed. */
async function upload(client: webApi.WebClient, png: Uint8Array, log: Log): Promise<string> {
  const wanted = { filename: 'picture.png', length: png.byteLength };
  const asked = await patiently(() => client.files.getUploadURLExternal(wanted), log);
  const { upload_url: url, file_id: file } = place.parse(asked);
  if (new URL(url).protocol !== 'https:' && new URL(url).origin !== new URL(client.slackApiUrl).origin)
    throw new Error('Slack names an address for it that is not https.');
  const body = new Blob([Buffer.from(png)], { type: 'image/png' });
  const answer = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`Slack answered ${answer.status} to its bytes.`);
  return file;
}

/** Without a channel, so that it stands nowhere by itself. */
async function complete(client: webApi.WebClient, file: string, log: Log): Promise<void> {
  const files: [{ id: string; title: string }] = [{ id: file, title: 'Picture' }];
  await patiently(() => client.files.completeUploadExternal({ files }), log);
}

/** After a crash: whether Slack has it, or takes it now; what it refuses is uploaded anew. */
async function isCompleted(client: webApi.WebClient, file: string, log: Log): Promise<boolean> {
  try {
    await complete(client, file, log);
    return true;
  } catch (error) {
    const name = refusal(error);
    if (name === undefined || barred.has(name)) throw error;
    return false;
  }
}
