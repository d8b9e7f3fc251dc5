// What is joined to what: stores, people, gateway, monitor, chat, and which job does what.
import type { Action } from './actions/action.ts';
import { hearKill } from './actions/cancel.ts';
import { openInFlight } from './actions/in-flight.ts';
import type { Switchboard } from './actions/kill.ts';
import { adopt } from './adopting.ts';
import { openNotes } from './audit/notes.ts';
import { openRefusals } from './audit/refusals.ts';
import { bylineOf } from './charter/byline.ts';
import { type Charter, versionOf } from './charter/charter.ts';
import { unheldDuties } from './charter/duty.ts';
import { chartersInForce } from './charter/force.ts';
import { signedFor } from './charter/operating.ts';
import type { Surface } from './chat/surface.ts';
import { openChat } from './chatted.ts';
import { enrichingOf } from './enriched.ts';
import { learningOf } from './foreseen.ts';
import { doorHandlers } from './handlers.ts';
import type { PersonId } from './ids.ts';
import { rulesAtStart, underRules } from './in-force.ts';
import { ladderOf, unknownContacts } from './incidents/ladder.ts';
import { unmet } from './incidents/preconditions.ts';
import type { Responder } from './incidents/responder.ts';
import { openShelf } from './knowledge/shelf.ts';
import { untrue } from './knowledge/undoable.ts';
import type { Manifests } from './manifests.ts';
import { opinionOf } from './modelled.ts';
import { holidaysOf } from './monitoring/calendar.ts';
import { changesOf } from './monitoring/changes/receive.ts';
import { type Drawing, openDrawing } from './monitoring/chart/picture.ts';
import { askedOf } from './monitoring/metric.ts';
import { openMonitor } from './monitoring/monitor.ts';
import { startSight } from './monitoring/start.ts';
import { morningOf, soFar } from './morning.ts';
import { directPlaces } from './people/direct.ts';
import { peopleOf } from './people/people.ts';
import { rememberStandings } from './people/standing.ts';
import { unheld } from './policy/unheld.ts';
import { recordsOf } from './recorded.ts';
import { draftingOf } from './reviewed.ts';
import { routingOf } from './routed.ts';
import { upToDate } from './runbooks-adopted.ts';
import type { ClaudeAccess } from './settings.ts';
import type { Site } from './site.ts';
import type { Log, Storage } from './storage.ts';
import { openJaeger } from './systems/jaeger/read.ts';
import { openLoki } from './systems/loki/read.ts';
import { openPrometheus } from './systems/prometheus/read.ts';
import { openSource } from './systems/prometheus/source.ts';
import { teamOf } from './team.ts';
import { toolsOf } from './toolbox.ts';
import type { AnyTool } from './tools/tool.ts';
import { webhookDoors } from './webhooked.ts';
import { jobHandlers } from './worked.ts';
import { Refused } from './written.ts';

export interface Parts {
  storage: Storage;
  manifests: Manifests;
  site: Site;
  log: Log;
  now(): Date;
  /** The data folder: the audit's checkpoints and their key. */
  folder: string;
  /** What senders of webhooks must know; undefined: they are turned away. */
  webhookToken?: string | undefined;
  /** Claude, and where its prompts are; undefined: causes are found by rule alone. */
  claude?: ClaudeAccess | undefined;
  promptsDir?: string;
  /** More tools than the site's own, for measurements. */
  tools?: AnyTool[];
  /** What stands in for chat, the metrics' wire and pictures where a past is lived through that nobody watches. */
  instead?: Instead;
}

interface Instead {
  surface: Surface;
  source: Parameters<typeof openMonitor>[0];
  drawing: Drawing;
  /** How long each source is waited for: there nobody else waits. */
  patienceMs: number;
}

export type Wired = Awaited<ReturnType<typeof wire>>;

/** Opens and joins everything a running Roster is made of; nothing works yet. Throws one sentence when something is missing. */
export async function wire(parts: Parts) {
  const { storage, manifests, site, log, now, webhookToken, tools = [], promptsDir = 'prompts' } = parts;
  const { database, queue, claims, broadcast } = storage;
  const store: Switchboard = { db: database.db, queue, chain: site.kind, tell: broadcast.publish };
  const notes = openNotes(store.db, store.chain);
  const refusals = openRefusals(notes, now);
  const people = peopleOf(site.people);
  const routing = routingOf(manifests, site);
  // Before a first charter comes into force, which only an adoption would change again.
  const services = site.inventory.services.map(({ id }) => id);
  const missing = unheldDuties(manifests.charters, services);
  if (missing.length > 0) throw new Refused(missing);
  const rules = await rulesAtStart(store, manifests);
  const inForce = unheldDuties(rules.charters, services);
  for (const warning of [...rules.warnings, ...inForce, ...unheld(rules, people)]) log.warn(warning);
  for (const warning of unknownContacts(manifests.escalation, people)) log.warn(warning);
  const charter = voiceOf(rules.charters);
  const records = recordsOf({ store, site, people, now, log });
  const gateway = underRules(
    {
      ...store,
      tools: [...toolsOf(site, now), adopt(store), ...tools],
      inFlight: openInFlight(),
      inventory: site.inventory,
      site: site.kind,
      signedFor: manifests.operating ? signedFor(manifests.operating) : 'nobody',
      lookAgainMs: site.pace.lookAgainMs,
      ...(records && { recording: records.recording }),
      unmet: (action: Action) => unmet(responder, action),
      now,
    },
    rules,
  );
  const untold = untrue(manifests.runbooks, gateway.tools);
  if (untold.length > 0) throw new Refused(untold);
  broadcast.subscribe((scope) => void hearKill(gateway, scope));
  const { inventory } = site;
  const shelf = openShelf(manifests.runbooks);
  await shelf.refresh(store.db);
  const { monitor, lookout } = await monitorOf({
    storage,
    manifests,
    site,
    now,
    log,
    source: parts.instead?.source,
  });
  const responder: Responder = {
    gateway,
    monitor,
    prometheus: openPrometheus(site.prometheus),
    loki: openLoki(site.loki),
    jaeger: site.jaeger && openJaeger(site.jaeger),
    changesOf: (service, since) => changesOf(store.db, service, since),
    patienceMs: parts.instead?.patienceMs ?? 5_000,
    inventory,
    get runbooks() {
      return shelf.runbooks();
    },
    opinion: opinionOf(store, { ...manifests, people: site.people, claude: parts.claude, promptsDir }),
    charters: (db) => chartersInForce(db),
    verifyMs: site.pace.verifyMs,
    ladder: ladderOf(manifests.escalation, {
      ...{ people, inventory, first: charter.cadence.escalates_to },
      afterMs: site.pace.askNextMs,
    }),
    now,
    log,
  };
  const team = teamOf(gateway, rules.charters, charter);
  const morning = morningOf({ store, people, team, charter, calendar: manifests.calendar, now });
  const desk = {
    db: store.db,
    by: bylineOf(charter),
    inventory,
    monitor,
    loki: responder.loki,
    timezone: charter.cadence.standup.timezone,
    places: site.places.ops,
    standup: (place: string | undefined) => soFar(morning, bylineOf(charter), site.places, place),
    // Read at each answer: a policy or a charter adopted meanwhile may have changed it.
    get shift() {
      return team.shift();
    },
    now,
  };
  const chat = openChat({ db: store.db, site, people, refusals, log, now });
  const standings = rememberStandings(chat.standings, now);
  const { stakeholders: updates, reporting } = manifests;
  const opened = { store, notes, refusals, people, standings, site, routing, updates, reporting, log };
  const { surfaces } = chat;
  const drawing = parts.instead?.drawing ?? openDrawing();
  const holidays = holidaysOf(manifests.calendar);
  const core = {
    ...opened,
    ...{ surfaces, drawing, responder, desk, charter, team, morning, holidays },
    directPlaces: (person: PersonId) => directPlaces(people, person, surfaces),
    manifestsFolder: manifests.folder,
  };
  const talk = chat.open(doorHandlers(core));
  const hooks = { labels: manifests.alerts, token: webhookToken, log, now };
  const told = { store, refusals, inventory, routing, ...hooks };
  const doors = { ...talk, paths: { ...talk.paths, ...webhookDoors(told) } };
  const showing = { ...core, surface: parts.instead?.surface ?? chat.surface };
  const by = { worker: charter.worker, charter: versionOf(charter) };
  const watching = { store, notes, claims, monitor, inventory, routing, by };
  const { patienceMs } = parts.instead ?? {};
  const enriching = enrichingOf({ store, site, monitor, drawing, charter, by, now, patienceMs });
  const learning = learningOf({ store, site, monitor, lookout, by, now });
  const held = { store, by, inventory, routing, now };
  const drafting = draftingOf({ responder, site, drawing, charter });
  const handlers = upToDate(
    jobHandlers(showing, { enriching, learning, telling: held, drafting, records }),
    () => shelf.refresh(store.db),
  );
  return { ...showing, doors, watching, handlers, records };
}

/** What is usual is recalled and learnt before anything is judged. */
async function monitorOf({
  storage,
  manifests,
  site,
  now,
  log,
  source,
}: Pick<Parts, 'storage' | 'manifests' | 'site' | 'now' | 'log'> & {
  source: Instead['source'] | undefined;
}) {
  const { metrics, calendar } = manifests;
  const { cycleMs } = site.pace;
  const { sight, lookout } = await startSight({
    ...{ metrics, calendar, cycleMs, inventory: site.inventory, now: now(), log },
    db: storage.database.db,
    prometheus: openPrometheus(site.prometheus),
  });
  const asked = metrics.map((metric) => askedOf(metric, cycleMs));
  const read = source ?? openSource(site.prometheus, asked);
  return { monitor: openMonitor(read, sight, metrics, cycleMs, lookout), lookout };
}

/** Who watches speaks for the team: it answers, tells the stand-up and puts rules forward. */
function voiceOf(charters: Charter[]): Charter {
  const having = charters.filter(({ duties }) => duties.includes('monitoring'));
  // One that may adopt first: without it nothing could be adopted ever after.
  const charter = having.find(({ authority }) => authority.ask.includes('adopt')) ?? having[0];
  if (!charter)
    throw new Refused([
      'No charter in force has the duty monitoring: give it to a worker in manifests/workers.',
    ]);
  return charter;
}
