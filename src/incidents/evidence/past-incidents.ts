import type { Similar } from '../../knowledge/likeness.ts';
import { similar } from '../../knowledge/similar.ts';
import { alikeFrom, triage, triageSays } from '../../knowledge/triage.ts';
import { within } from '../../monitoring/enrich/within.ts';
import { saysOf } from '../../monitoring/metric.ts';
import type { Reading } from '../../monitoring/reading.ts';
import type { Signal } from '../../monitoring/signal.ts';
import type { LogLine } from '../../systems/loki/read.ts';
import type { Responder } from '../responder.ts';
import { symptomsOf } from '../symptoms.ts';
import { type About, collected, type Found } from './gathered.ts';

const most = 3;

/** The past incidents most like this one, with why, what came of each and its runbook; and the type they make likely, known or novel. */
export function pastIncidents(
  { gateway, inventory, monitor, runbooks }: Responder,
  signals: Signal[],
  [measured, failed]: [Promise<Found<Reading>>, Promise<Found<LogLine>>],
  about: About,
): Promise<Found<Similar>> {
  const [first] = signals;
  const query = `own and imported incidents like this of ${first?.service ?? 'nothing'}`;
  return collected({ ...about, source: 'Past incidents', query }, async () => {
    const [readings, errors] = await Promise.all([soon(measured, about), soon(failed, about)]);
    const of = { readings, errors };
    const found = await similar(gateway.db, {
      symptoms: symptomsOf(first?.service ?? '', signals, of, inventory),
      before: about.onset,
      not: first?.incident ?? undefined,
      says: (metric) => saysOf(monitor.metrics, metric),
    });
    if (found.of === 0) return { items: [], found: 'none is known', nothing: true };
    const items = found.similar.filter(({ score }) => score >= alikeFrom).slice(0, most);
    const sentence = triageSays(triage(found.similar, runbooks), found.of);
    if (items.length === 0) return { items, found: sentence, nothing: true };
    return { items, found: [sentence, ...items.map(lineOf)].join(' ') };
  });
}

/** What was found while there is time left to look for what is like it; a source that is slow is done without. */
async function soon<T>(found: Promise<Found<T>>, { patienceMs }: About): Promise<T[]> {
  const told = await within(patienceMs / 2, 'it', () => found);
  return told.kind === 'told' ? told.told.items : [];
}

function lineOf({ past, why }: Similar, place: number): string {
  const { id, openedAt, rootCause, resolution, title, runbook, endedAt } = past;
  const reasons = why.length > 0 ? ` (${why.join('; ')})` : '';
  const came = resolution.replace(/\s+/g, ' ').trim() || (endedAt ? 'it ended' : 'its end is not known');
  const what = `${cut(rootCause || title, 120)}. ${cut(came, 160)}`.replace(/\.\.( |$)/g, '.$1');
  const book = runbook ? ` (runbook ${runbook})` : '';
  const said = past.found ? ` Somebody found: “${cut(past.found, 160)}”.` : '';
  return `${place + 1}. ${id}, ${openedAt.toISOString().slice(0, 10)}${reasons}: ${what}${book}${/[.…]$/.test(what) && !book ? '' : '.'}${said}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
