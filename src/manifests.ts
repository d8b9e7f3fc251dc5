// Manifests: the files under `manifests/`, parsed and checked at the start.
// Not where their meaning lies: each room has the schema of its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Charter, charterSchema, objections } from './charter/charter.ts';
import { dutiesIn } from './charter/duty.ts';
import { type OperatingCharter, operatingSchema } from './charter/operating.ts';
import { type Escalation, escalationSchema } from './incidents/ladder.ts';
import { stakeholdersSchema, type Updates } from './incidents/stakeholders.ts';
import { type Inventory, inventoryShape, parseInventory } from './inventory/inventory.ts';
import { claimsOf, objectionsTo, type Runbook, runbookSchema } from './knowledge/runbook.ts';
import { type Prices, pricesSchema } from './models/price.ts';
import type { AlertLabels } from './monitoring/alerts/alert.ts';
import { type Calendar, calendarSchema } from './monitoring/calendar.ts';
import { type Metric, metricSetSchema, metricsSchema } from './monitoring/metric.ts';
import { routingSchema, type Teams } from './monitoring/routing.ts';
import { confusions, type Person, type Places, peopleSchema, placesSchema } from './people/people.ts';
import { type Policy, policySchema } from './policy/policy.ts';
import { type Wishes, wishesSchema } from './records/wishes.ts';
import { kpis } from './scorecards/kpis.ts';
import { type Reporting, reportingSchema } from './scorecards/reporting.ts';
import { Refused, read, readFolder } from './written.ts';

/** What the files propose; the database holds what is in force. */
export interface Proposed {
  policy: Policy;
  charters: Charter[];
}

export interface Manifests extends Proposed {
  folder: string;
  operating: OperatingCharter | undefined;
  runbooks: Runbook[];
  metrics: Metric[];
  /** Which labels of an alert say what it is about. */
  alerts: AlertLabels;
  calendar: Calendar;
  /** What teams wish to be told of, where and when. */
  teams: Teams;
  /** Who is asked when nobody takes an incident. */
  escalation: Escalation;
  /** Which incidents leaders are told of, and how often. */
  stakeholders: Updates;
  /** When managers are told, and what figures are reckoned with. */
  reporting: Reporting;
  /** What models cost; none is asked that is not here. */
  prices: Prices;
}

/** Where signals go, and who is asked for an incident that nobody takes. */
const routingFile = routingSchema.extend({
  escalation: escalationSchema.prefault({}),
  stakeholders: stakeholdersSchema.prefault({}),
});

/** What every site reads from `folder`. Throws `Refused`, naming file, line, what was found and what is wanted. */
export function readManifests(folder: string): Manifests {
  const operating = join(folder, 'operating-charter.yaml');
  const calendar = join(folder, 'calendar.yaml');
  const routing = join(folder, 'routing.yaml');
  const models = join(folder, 'models.yaml');
  const reporting = join(folder, 'reporting.yaml');
  const { metrics, alerts } = readMetrics(folder);
  return {
    folder,
    ...readProposed(folder),
    operating: existsSync(operating) ? read(operating, operatingSchema) : undefined,
    runbooks: readFolder(
      join(folder, 'runbooks'),
      runbookSchema,
      (one) => objectionsTo(one, metrics),
      claimsOf,
    ),
    ...{ metrics, alerts },
    calendar: existsSync(calendar) ? read(calendar, calendarSchema) : calendarSchema.parse({}),
    ...(existsSync(routing) ? read(routing, routingFile) : routingFile.parse({ teams: {} })),
    reporting: existsSync(reporting) ? read(reporting, reportingSchema) : reportingSchema.parse({}),
    prices: existsSync(models) ? read(models, pricesSchema).prices : {},
  };
}

/** One runbook file, held against the metrics of `folder`. Throws `Refused` like `readManifests`. */
export function readRunbook(file: string, folder: string): Runbook {
  const runbook = read(file, runbookSchema);
  const objected = objectionsTo(runbook, readMetrics(folder).metrics);
  if (objected.length > 0) throw new Refused(objected.map((because) => `${file}: ${because}`));
  return runbook;
}

/** The metrics of `metrics.yaml` and of the files it names besides. */
function readMetrics(folder: string): Pick<Manifests, 'metrics' | 'alerts'> {
  const file = join(folder, 'metrics.yaml');
  const { metrics: own, also, alerts } = read(file, metricsSchema);
  const metrics = [own, ...also.map((one) => read(join(folder, one), metricSetSchema).metrics)].flat();
  if (metrics.length === 0)
    throw new Refused([`${file}: no metric is watched: wanted one, or a file in also.`]);
  const names = metrics.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice) throw new Refused([`${file}: the metric ${twice} is there twice: wanted one of them.`]);
  return { metrics, alerts };
}

/** The policy and the charters of `folder` alone. Throws `Refused` like `readManifests`. */
export function readProposed(folder: string): Proposed {
  return {
    policy: readPolicy(join(folder, 'policy.yaml')),
    charters: readCharters(folder),
  };
}

/** The charters of `folder` alone. Throws `Refused` like `readManifests`. */
export function readCharters(folder: string): Charter[] {
  return readFolder(join(folder, 'workers'), charterSchema, objectionsAgainst, (charter) => [
    `the worker ${charter.worker}`,
    `the name ${charter.name}`,
    ...dutiesIn(charter),
  ]);
}

/** One charter file. Throws `Refused` like `readManifests`. */
export function readCharter(file: string): Charter {
  const charter = read(file, charterSchema);
  const objected = objectionsAgainst(charter);
  if (objected.length > 0) throw new Refused(objected.map((because) => `${file}: ${because}`));
  return charter;
}

/** Besides what a charter itself says wrong: a target of a figure that there is not. */
function objectionsAgainst(charter: Charter): string[] {
  const ids = kpis.map(({ id }) => id);
  const unknown = Object.keys(charter.evaluation.targets ?? {}).filter((id) => !ids.includes(id));
  return [
    ...objections(charter),
    ...unknown.map(
      (id) => `evaluation.targets names ${id}, which is no figure: wanted one of ${ids.join(', ')}.`,
    ),
  ];
}

/** One policy file. Throws `Refused` like `readManifests`. */
export function readPolicy(file: string): Policy {
  return read(file, policySchema);
}

export interface Own {
  people: Person[];
  places: Places;
  inventory: Inventory;
  /** How change records are to look. */
  wishes: Wishes;
}

/** What a real site adds: its people, its places, its inventory. Throws `Refused` like `readManifests`. */
export function readOwn(folder: string): Own {
  const people = readPeople(folder);
  const inventory = readInventory(folder);
  const places = read(join(folder, 'places.yaml'), placesSchema);
  const records = join(folder, 'change-records.yaml');
  const wishes = existsSync(records) ? read(records, wishesSchema) : wishesSchema.parse({});
  return { people, places, inventory, wishes };
}

/** A real site's people alone. Throws `Refused` like `readManifests`. */
export function readPeople(folder: string): Person[] {
  const file = join(folder, 'people.yaml');
  const { people } = read(file, peopleSchema);
  const mixed = confusions(people);
  if (mixed.length > 0) throw new Refused(mixed.map((one) => `${file}: ${one}`));
  return people;
}

/** A real site's inventory alone. Throws `Refused` like `readManifests`. */
export function readInventory(folder: string): Inventory {
  const file = join(folder, 'inventory.yaml');
  const inventory = parseInventory(read(file, inventoryShape));
  if (inventory.kind === 'refused') throw new Refused([`${file}: ${inventory.because}`]);
  return inventory.inventory;
}
