import type { Action } from '../actions/action.ts';
import { actionsSince } from '../actions/read.ts';
import type { Card, Text } from '../chat/card.ts';
import { server as findServer, service as findService, servicesOn } from '../inventory/inventory.ts';
import { changeLine, type Happened, happened } from '../monitoring/changes/happened.ts';
import { changesOf, changesSince } from '../monitoring/changes/receive.ts';
import { within } from '../monitoring/enrich/within.ts';
import { clockOf } from '../monitoring/silences/clock.ts';
import { dateIn } from '../monitoring/silences/silence.ts';
import { deploymentsOf } from '../systems/loki/deployed.ts';
import { card } from './answer.ts';
import type { Asked } from './asked.ts';
import { timeOf } from './since.ts';
import type { Desk } from './tell.ts';

/** What is known to have changed since a time. */
export interface Changed {
  /** The name of the service or server that was asked about; undefined for all. */
  of: string | undefined;
  from: Date;
  changes: Happened[];
  /** What the workers did themselves. */
  deeds: Action[];
  /** Why deployments could not be read, when they could not. */
  missing: string | undefined;
}

const patienceMs = 5_000;

/** What changed since the time that was meant, of one service or server or of all. */
export async function changed(
  desk: Desk,
  { since, id }: Extract<Asked, { about: 'changes' }>,
): Promise<Card> {
  const { db, inventory, loki, timezone, now } = desk;
  const at = now();
  const from = timeOf(since, at, timezone);
  const services = id === undefined ? 'all' : findServer(inventory, id) ? idsOn(desk, id) : [id];
  const told =
    services === 'all' ? [changesSince(db, from)] : services.map((one) => changesOf(db, one, from));
  const [changes, logged, deeds] = await Promise.all([
    Promise.all(told),
    within(patienceMs, 'Loki', () => deploymentsOf(loki, services, from, at)),
    doneSince(desk, from, id),
  ]);
  return changedCard(desk, {
    of: id && (findService(inventory, id)?.name ?? id),
    from,
    changes: happened(changes.flat(), logged.kind === 'told' ? logged.told : []).filter(
      (one) => !deeds.some((deed) => isDeed(one, deed)),
    ),
    deeds,
    missing: logged.kind === 'missing' ? logged.because : undefined,
  });
}

function idsOn({ inventory }: Desk, server: string): string[] {
  return servicesOn(inventory, server).map(({ id }) => id);
}

const hour = 3_600_000;

/** What a worker did; what was proposed before may have run since. */
async function doneSince({ db }: Desk, from: Date, id: string | undefined): Promise<Action[]> {
  const all = await actionsSince(db, new Date(from.getTime() - 24 * hour));
  const names = (text: string) => text.split(/[^\w.-]+/).includes(id ?? '');
  return all.filter(({ status, endedAt, target, question }) => {
    const its = id === undefined || names(target) || names(question.what);
    return status === 'done' && endedAt !== null && endedAt >= from && its;
  });
}

/** What a worker deployed is logged as well, and told as what the worker did. */
function isDeed({ at, subject, by }: Happened, { target, startedAt, endedAt }: Action): boolean {
  const [begun, ended] = [startedAt?.getTime() ?? 0, endedAt?.getTime() ?? 0];
  return by === undefined && subject === target && at.getTime() >= begun && at.getTime() <= ended + 60_000;
}

const most = 15;

/** The answer: one line a change, newest first, and what could not be read. */
export function changedCard(
  desk: Pick<Desk, 'by' | 'timezone' | 'now'>,
  { of, from, changes, deeds, missing }: Changed,
): Card {
  const { timezone, now } = desk;
  const lines = [
    ...changes.map((one) => ({ at: one.at, text: textOf(one, desk) })),
    ...deeds.map(({ endedAt, question, worker }) => ({
      at: endedAt ?? from,
      text: `${whenOf(endedAt ?? from, desk)} ${question.what}, by ${worker}` as Text,
    })),
  ].sort((a, b) => b.at.getTime() - a.at.getTime());
  const count =
    lines.length === 0 ? 'No change' : lines.length === 1 ? '1 change' : `${lines.length} changes`;
  const where = of ? ` of ${of}` : '';
  const title = `${count}${where} known since ${whenOf(from, { timezone, now })} (${timezone})`;
  const more = lines.length - most;
  const unread: Text[] = missing ? [[{ bold: 'Missing here, deployments: ' }, missing]] : [];
  return card(
    desk,
    title,
    [...lines.slice(0, most).map(({ text }) => text), ...(more > 0 ? [`and ${more} more.`] : []), ...unread],
    missing ? 'warning' : 'neutral',
  );
}

function textOf(one: Happened, desk: Pick<Desk, 'timezone' | 'now'>): Text {
  const says = `${whenOf(one.at, desk)} ${changeLine(one)}`;
  return one.link ? [`${says} · `, { link: one.link, text: 'open' }] : says;
}

function whenOf(at: Date, { timezone, now }: Pick<Desk, 'timezone' | 'now'>): string {
  const date = dateIn(timezone, at);
  return `${date === dateIn(timezone, now()) ? '' : `${date} `}${clockOf(at, timezone)}`;
}
