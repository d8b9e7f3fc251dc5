// The app: the only wiring. Which tools there are, which job does what, which button means what, the timetable.
import { randomUUID } from 'node:crypto';
import { advance } from './actions/advance.ts';
import { cancel } from './actions/cancel.ts';
import type { Gateway } from './actions/gateway.ts';
import { adoptPolicy, policyAtStart } from './adopting.ts';
import { lapse, remind } from './approvals/lapse.ts';
import { openNotes } from './audit/notes.ts';
import { openRefusals } from './audit/refusals.ts';
import { bylineOf } from './charter/byline.ts';
import { type Charter, versionOf } from './charter/charter.ts';
import { signedFor } from './charter/operating.ts';
import { openSlackDoor } from './chat/slack/door.ts';
import { openSlackSurface } from './chat/slack/send.ts';
import { openSlackStandings } from './chat/slack/standing.ts';
import { doorHandlers } from './handlers.ts';
import type { PersonId } from './ids.ts';
import { conclude } from './incidents/conclude.ts';
import { investigate } from './incidents/investigate.ts';
import { receive } from './incidents/receive.ts';
import { remediate } from './incidents/remediate.ts';
import type { Responder } from './incidents/responder.ts';
import { verify } from './incidents/verify.ts';
import type { Handlers } from './jobs/job.ts';
import type { Door } from './listen.ts';
import { type Manifests, Refused } from './manifests.ts';
import { openMonitor } from './monitoring/monitor.ts';
import { startWatch } from './monitoring/watch.ts';
import { peopleOf } from './people/people.ts';
import { rememberStandings } from './people/standing.ts';
import { inForce } from './policy/force.ts';
import { modeOf } from './policy/rules/rollout.ts';
import { restoreWorkspace, showSubject, tellStandup } from './shown.ts';
import type { Site } from './site.ts';
import type { Log, Storage } from './storage.ts';
import { openLoki } from './systems/loki/read.ts';
import { openPrometheus } from './systems/prometheus/read.ts';
import { reachAwx } from './tools/awx-template.ts';
import { changeConfiguration } from './tools/change-configuration.ts';
import { changeDatabase } from './tools/change-database.ts';
import { changeFirewall } from './tools/change-firewall.ts';
import { changeLicence } from './tools/change-licence.ts';
import { resetPassword } from './tools/reset-password.ts';
import { restartService } from './tools/restart-service.ts';
import { rollBackDeployment } from './tools/roll-back-deployment.ts';
import { rotateLogs } from './tools/rotate-logs.ts';
import type { AnyTool } from './tools/tool.ts';
import { startWitness } from './witnessed.ts';
import { explain } from './workers/explain.ts';
import { hear } from './workers/hear.ts';

export interface Parts {
  storage: Storage;
  manifests: Manifests;
  site: Site;
  log: Log;
  now(): Date;
  /** The data folder: the audit's checkpoints and their key. */
  folder: string;
  /** More tools than the site's own, for measurements. */
  tools?: AnyTool[];
}

export interface App {
  /** Names what is down; empty when able to work. */
  troubles(): Promise<string[]>;
  /** What the one port lets in, by path. */
  doors: Record<string, Door>;
  stop(): Promise<void>;
}

/** Wires everything, connects to chat and starts working. Throws one sentence when something is missing. */
export async function startApp(parts: Parts): Promise<App> {
  const { storage, site, log, now } = parts;
  const wired = await wire(parts);
  const { door, handlers, watching, charter, notes, refusals, responder } = wired;
  await notes.note({
    kind: 'app.started',
    by: { roster: 'app' },
    facts: { site: site.kind, charter: versionOf(charter), database: storage.database.kind },
  });
  await restoreWorkspace(wired);
  const { cron, timezone } = charter.cadence.standup;
  await storage.queue.work(handlers, [{ cron, timezone, job: { name: 'tell-standup' } }]);
  await door.start();
  const watch = startWatch(watching, { now, process: randomUUID(), log });
  const witness = startWitness({ store: wired.store, folder: parts.folder, now, log });
  log.info(
    `${charter.name} is on shift: ${site.inventory.services.length} services, ${site.inventory.servers.length} servers, a cycle every ${responder.monitor.cycleMs / 1_000} s.`,
  );
  site.ready();
  return {
    troubles: () => troublesOf(wired),
    doors: door.take ? { '/slack/events': door.take } : {},
    stop: async () => {
      await watch.stop();
      await witness.stop();
      await door.stop();
      await refusals.stop();
      await storage.queue.stop();
    },
  };
}

type Wired = Awaited<ReturnType<typeof wire>>;

async function wire({ storage, manifests, site, log, now, tools = [] }: Parts) {
  const { database, queue, claims } = storage;
  const charter = onDuty(manifests.charters);
  const store = { db: database.db, queue, chain: site.kind };
  const notes = openNotes(store.db, store.chain);
  const refusals = openRefusals(notes, now);
  const people = peopleOf(site.people);
  const { policy, differs } = await policyAtStart(store, manifests.policy);
  if (differs)
    log.warn(
      `manifests/policy.yaml differs from policy ${policy.version}, which is in force: "/roster adopt" proposes it.`,
    );
  const gateway: Gateway = {
    ...store,
    tools: [...toolsOf(site, now), adoptPolicy(store), ...tools],
    policy,
    refresh: async (tx) => {
      gateway.policy = (await inForce(tx))?.policy ?? gateway.policy;
    },
    inventory: site.inventory,
    charterOf: (worker) => manifests.charters.find((one) => one.worker === worker),
    site: site.kind,
    signedFor: manifests.operating ? signedFor(manifests.operating) : 'nobody',
    lookAgainMs: site.pace.lookAgainMs,
    now,
  };
  const monitor = await openMonitor(
    openPrometheus(site.prometheus),
    manifests.metrics,
    site.pace.cycleMs,
    now(),
  );
  const { inventory } = site;
  const responder: Responder = {
    gateway,
    monitor,
    loki: openLoki(site.loki),
    inventory,
    runbooks: manifests.runbooks,
    worker: charter.worker,
    verifyMs: site.pace.verifyMs,
    now,
    log,
  };
  const desk = {
    db: store.db,
    by: bylineOf(charter),
    inventory,
    // Read at each answer: a policy adopted meanwhile may have changed the mode.
    get shift() {
      const mode = modeOf(gateway.policy, site.kind, charter.worker);
      return `${charter.name} (${charter.role}) is on shift under charter ${versionOf(charter)}, in ${mode} mode on this ${site.kind} site.`;
    },
    now,
  };
  // Somebody without an account here is named, never dropped.
  const speech = {
    mention: (person: PersonId) => {
      const account = people.accountOn('slack', person);
      return account ? `<@${account}>` : (people.find(person)?.name ?? person);
    },
    // The trial's Slack shows Slack's own dates raw.
    times: site.kind === 'trial' ? ('utc' as const) : ('slack' as const),
  };
  const { botToken, apiUrl } = site.slack;
  const slack = { botToken, ...(apiUrl && { apiUrl }), log };
  const standings = rememberStandings(openSlackStandings(slack), now);
  const { policyFile } = manifests;
  const core = { store, notes, refusals, people, standings, responder, desk, charter, policyFile, site, log };
  const turnedAway = (because: string) => refusals.refused('slack', because);
  const door = openSlackDoor({
    ...slack,
    mode: site.slack.mode,
    speech,
    now,
    turnedAway,
    handlers: doorHandlers(core),
  });
  const surface = openSlackSurface({ client: door.client, speech, log });
  const showing = { ...core, surface };
  const watching = {
    store,
    notes,
    claims,
    monitor,
    inventory,
    by: { worker: charter.worker, charter: versionOf(charter) },
  };
  return { ...showing, door, watching, handlers: jobHandlers(showing) };
}

function jobHandlers(showing: Parameters<typeof showSubject>[0]): Handlers {
  const { responder, store } = showing;
  return {
    hear: ({ delivery }) => hear(showing, delivery),
    show: ({ subject }) => showSubject(showing, subject),
    'receive-signal': ({ signal }) => receive(responder, signal),
    investigate: ({ incident }) => investigate(responder, incident),
    remediate: ({ incident }) => remediate(responder, incident),
    verify: ({ incident }) => verify(responder, incident),
    conclude: ({ incident }) => conclude(responder, incident),
    'advance-action': ({ action }) => advance(responder.gateway, action),
    'cancel-action': ({ action }) => cancel(responder.gateway, action),
    'remind-approval': ({ approval }) => remind(store, approval),
    'lapse-approval': ({ approval }) => lapse(store, approval),
    'answer-enquiry': ({ enquiry }) => explain(store, enquiry),
    'tell-standup': () => tellStandup(showing),
  };
}

function toolsOf({ awx, loki }: Site, now: () => Date): AnyTool[] {
  if (!awx) return [];
  const reached = reachAwx(awx);
  return [
    restartService(reached),
    rotateLogs(reached),
    rollBackDeployment(reached, openLoki(loki), now),
    resetPassword(reached),
    changeLicence(reached),
    changeConfiguration(reached),
    changeDatabase(reached),
    changeFirewall(reached),
  ];
}

/** The worker of all duties; later steps give each duty to its own. */
function onDuty(charters: Charter[]): Charter {
  const charter = charters.find(({ duties }) => duties.includes('monitoring'));
  if (!charter)
    throw new Refused(['No charter in manifests/workers has the duty monitoring: give it to a worker.']);
  return charter;
}

async function troublesOf({ store, notes }: Pick<Wired, 'store' | 'notes'>): Promise<string[]> {
  try {
    await store.db.selectNoFrom((expression) => expression.val(1).as('one')).execute();
    void notes;
    return [];
  } catch (error) {
    return [`The database does not answer: ${error instanceof Error ? error.message : error}`];
  }
}
