// Signals in chat: how one is shown, what its buttons mean, and what is muted.

import type { Card } from './chat/card.ts';
import type { Reply } from './chat/door.ts';
import type { Intent } from './chat/intent.ts';
import { isShown, linkTo, type View } from './chat/show.ts';
import type { Core } from './handlers.ts';
import type { SignalId } from './ids.ts';
import { mayIntervene } from './incidents/intervene.ts';
import { lookInto } from './incidents/look-into.ts';
import { incident as findIncident } from './incidents/read.ts';
import { service as findService, isOpenWindow } from './inventory/inventory.ts';
import { seenDays, signalCard, type Told } from './monitoring/card.ts';
import { contextOf } from './monitoring/context.ts';
import { heldCard } from './monitoring/held/card.ts';
import { teamOfList } from './monitoring/held/hold.ts';
import { heldList } from './monitoring/held/read.ts';
import { called, queryOf, queryOfOne, saysOf } from './monitoring/metric.ts';
import { signal as findSignal, seenBefore } from './monitoring/read.ts';
import { placesOf, teamOf } from './monitoring/routing.ts';
import type { Signal } from './monitoring/signal.ts';
import type { Answering } from './monitoring/silences/answering.ts';
import { silencesCard } from './monitoring/silences/card.ts';
import { expect, offer } from './monitoring/silences/expect.ts';
import { mute } from './monitoring/silences/mute.ts';
import { notUseful } from './monitoring/silences/not-useful.ts';
import { raisedBars, saidOn, silences } from './monitoring/silences/read.ts';
import { isStanding, seriesOf, silenced } from './monitoring/silences/silence.ts';
import { unmute } from './monitoring/silences/unmute.ts';
import type { Person } from './people/people.ts';

/**
 * A signal with an incident stands in that incident's thread, else by itself where its team is told; posted once, it
 * stays where it is. What is held back stands nowhere.
 */
export async function signalViews(core: Core, id: SignalId): Promise<View[]> {
  const { db } = core.store;
  const signal = await findSignal(db, id);
  if (!signal) return [];
  const told = await toldOf(core, signal);
  const parent = signal.incident && { subject: `incident:${signal.incident}`, part: 'parent' };
  const { ops } = core.site.places;
  const own = placesOf(core.routing, teamOf(core.site.inventory, signal.service));
  const views: View[] = [];
  for (const place of new Set([...own, ...ops])) {
    const view = { part: 'signal', place };
    // Its incident brings it once it stands there.
    if (parent && ops.includes(place) && (await isShown(db, parent.subject, parent.part, place))) {
      const incidentLink = await linkTo(db, parent.subject, parent.part, place);
      views.push({ ...view, card: signalCard({ ...told, incidentLink }), thread: parent });
      continue;
    }
    const isTold = !parent && signal.held === null && own.includes(place);
    if (isTold || (await isShown(db, `signal:${id}`, 'signal', place)))
      views.push({ ...view, card: signalCard({ ...told, incidentLink: undefined }) });
  }
  return views;
}

/** The list of what was held back in a window or in quiet hours, where its team is told. */
export async function heldViews(core: Core, id: string): Promise<View[]> {
  const list = await heldList(core.store.db, id);
  if (!list) return [];
  const { inventory } = core.site;
  const nameOf = (service: string) => findService(inventory, service)?.name;
  const card = heldCard({ ...list, ...saying(core), nameOf, by: core.desk.by });
  const places = placesOf(core.routing, teamOfList(inventory, list));
  return places.map((place) => ({ part: 'list', place, card }));
}

type OnSignal = Extract<Intent, { do: 'investigate' | 'expected' | 'mute' | 'not-useful' | 'unmute' }>;

/** What a press on a signal's card does, or on the list of what is muted. */
export async function pressOnSignal(core: Core, intent: OnSignal, person: Person): Promise<Reply> {
  const answering = answeringOf(core);
  switch (intent.do) {
    case 'investigate':
      return said(await lookInto(core.responder, intent.signal, person));
    case 'expected':
      return expecting(answering, intent, person);
    case 'mute':
      return said(await mute(answering, intent.signal, person));
    case 'not-useful':
      return said(await notUseful(answering, intent.signal, person));
    case 'unmute':
      return said(await unmute(answering, intent.silence, person));
  }
}

/** What the form of *Expected* does. */
export async function submitExpected(
  core: Core,
  { signal }: { signal: SignalId },
  person: Person,
  text: string,
): Promise<Reply> {
  if (text.trim().length < field.least) return { kind: 'note', text: 'Say in a few words what it is.' };
  const answered = await expect(answeringOf(core), signal, person, text);
  return answered.kind === 'done' ? { kind: 'nothing' } : said(answered);
}

/** What is muted or expected now. */
export async function mutesTold(core: Core): Promise<Card> {
  const { mutes, calendar } = await silences(core.store.db, core.responder.now());
  return silencesCard([...mutes, ...calendar], saying(core).says, core.desk.by);
}

/** Ends one of them by its number; the answer is a sentence. */
export async function unmuted(core: Core, number: string, person: Person): Promise<string> {
  return (await unmute(answeringOf(core), number.trim(), person)).because;
}

async function expecting(
  answering: Answering,
  intent: Extract<OnSignal, { do: 'expected' }>,
  person: Person,
): Promise<Reply> {
  const offered = await offer(answering, intent.signal, person);
  if (offered.kind === 'refused') return said(offered);
  const hint = `Such as "load test": it is then expected ${offered.today}. Begin with "weekly" when it comes ${offered.weekly}.`;
  const form = { title: 'Expected', submit: 'Add to calendar', intent, field: { ...field, hint } };
  return { kind: 'form', form };
}

const field = { name: 'why', label: 'What is it?', least: 3, most: 300 };

function answeringOf({ store, responder, charter, site }: Core): Answering {
  return {
    store,
    inventory: site.inventory,
    timezone: charter.cadence.standup.timezone,
    roles: mayIntervene(responder),
    now: responder.now,
  };
}

async function toldOf(core: Core, signal: Signal): Promise<Omit<Told, 'incidentLink'>> {
  const { store, site, responder, desk } = core;
  const { db } = store;
  const now = responder.now();
  const service = findService(site.inventory, signal.service);
  const { mutes, calendar } = await silences(db, now);
  const over = (await saidOn(db, signal.id)).findLast((one) => !isStanding(one, now));
  const found = await contextOf(db, signal.id);
  const asked = askedBy(core, signal);
  const looking = signal.incident ? await findIncident(db, signal.incident) : undefined;
  return {
    ...found,
    query: found.query ?? asked?.query,
    link: found.link ?? asked?.link,
    ...saying(core),
    signal,
    by: desk.by,
    name: service?.name,
    owner: service?.owner,
    ahead: looking?.kind === 'prediction',
    inWindow: service?.windows.some((window) => isOpenWindow(window, signal.raisedAt)) ?? false,
    seen: await seenBefore(db, signal, seenDays),
    silenced: silenced(signal, mutes, calendar, now),
    over,
    extra: (await raisedBars(db, now)).get(signal.fingerprint) ?? 0,
  };
}

function saying({ responder }: Core): Pick<Told, 'says' | 'unit'> {
  const { metrics } = responder.monitor;
  return {
    says: (name) => saysOf(metrics, name),
    unit: (name) => called(metrics, name)?.metric.unit ?? '',
  };
}

/** The query of its metric, and where that can be asked again for its subject alone; the trial's Prometheus has no pages. */
function askedBy({ responder, site }: Core, signal: Signal): { query: string; link?: string } | undefined {
  const { metrics, cycleMs } = responder.monitor;
  const { metric } = called(metrics, signal.metric) ?? {};
  if (!metric) return undefined;
  const query = queryOf(metric, cycleMs);
  if (site.kind === 'trial') return { query };
  const [worst] = seriesOf(signal);
  const end = signal.recoveredAt ?? new Date(signal.raisedAt.getTime() + 600_000);
  const graph = {
    'g0.expr': worst ? queryOfOne(metric, worst.subject, cycleMs) : query,
    'g0.tab': '0',
    'g0.range_input': '3h',
    'g0.end_input': end.toISOString().slice(0, 16).replace('T', ' '),
  };
  return { query, link: `${site.prometheus.url.replace(/\/+$/, '')}/graph?${new URLSearchParams(graph)}` };
}

function said({ because }: { because: string }): Reply {
  return { kind: 'note', text: because };
}
