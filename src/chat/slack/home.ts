import { createHash } from 'node:crypto';
import type { types, webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Card } from '../card.ts';
import type { Account } from '../door.ts';
import { type Log, say } from './client.ts';
import { drawHome } from './render.ts';
import type { Speech } from './text.ts';

const opened = z.object({
  type: z.literal('app_home_opened'),
  user: z.string(),
  tab: z.literal('home'),
  /** What was published to them last. */
  view: z.object({ private_metadata: z.string().default('') }).optional(),
});

/** Somebody opened the Home tab; undefined for its other tabs. */
export function readOpened(event: unknown): { user: string; shows: string | undefined } | undefined {
  const { data } = opened.safeParse(event);
  return data && { user: data.user, shows: data.view?.private_metadata };
}

/** A card as a Home tab. What it shows travels in it as a digest, so that the same is not published again. */
export function homeView(card: Card, speech: Speech): types.HomeView {
  const blocks = drawHome(card, speech);
  const digest = createHash('sha256').update(JSON.stringify(blocks)).digest('hex');
  return { type: 'home', private_metadata: digest, blocks };
}

export interface Homes {
  /** Publishes what this person's tab shows now, unless it `shows` that; returns at once, and never throws. */
  publish(user: string, shows?: string): void;
  /** Waits for what is being published. */
  finish(): Promise<void>;
}

interface Site {
  client: webApi.WebClient;
  cardFor(account: Account): Promise<Card>;
  speech: Speech;
  log: Log;
}

/** Home tabs: each is made anew when it is opened. While one is being made for a person, once more at most is due. */
export function openHomes({ client, cardFor, speech, log }: Site): Homes {
  const underWay = new Map<string, Promise<void>>();
  const again = new Set<string>();

  async function publishOne(user: string, shows: string | undefined): Promise<void> {
    try {
      const view = homeView(await cardFor(`slack:${user}`), speech);
      if (view.private_metadata !== shows) await client.views.publish({ user_id: user, view });
    } catch (error) {
      log.warn(`A Home tab could not be published in Slack: ${say(error)}`);
    }
  }

  async function untilFresh(user: string, shows: string | undefined): Promise<void> {
    await publishOne(user, shows);
    while (again.delete(user)) await publishOne(user, undefined);
    underWay.delete(user);
  }

  return {
    publish(user, shows) {
      if (underWay.has(user)) again.add(user);
      else underWay.set(user, untilFresh(user, shows));
    },
    finish: async () => void (await Promise.all(underWay.values())),
  };
}
