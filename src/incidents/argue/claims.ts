import { server as findServer, service as findService, type Inventory } from '../../inventory/inventory.ts';
import { signalAt } from '../../monitoring/reading.ts';
import type { Argued, Hypothesis } from '../incident.ts';
import type { Answer, Claim } from './offered.ts';
import type { Material } from './turn.ts';

/** What claims are held against. */
export interface Grounds extends Material {
  inventory: Inventory;
  /** The kinds of cause that are known here; any other is `other`. */
  kinds: string[];
  /** The most that a cause may have which the rules did not find. */
  cap: number;
}

/** What stands of an answer. */
export interface Heard extends Pick<Argued, 'rootCause' | 'lowered' | 'dropped'> {
  /** The rules' in their order, so that "cause 2" stays what it was; then what the model added. */
  hypotheses: Hypothesis[];
  confidence: number;
  status: Answer['status'];
}

/**
 * What of a model's answer may be claimed. Every claim rests on evidence that was read and contradicts no fact; a
 * cause that the rules found can only lose confidence, one that they did not find stays below what is acted on.
 * Everything else is dropped with why. No text is believed, whatever it says. Pure.
 */
export function weigh(answer: Answer, grounds: Grounds): Heard {
  const judged = answer.hypotheses.map((claim) => ({ claim, because: objectionTo(claim, grounds) }));
  const standing = judged.filter(({ because }) => because === undefined).map(({ claim }) => claim);
  const hypotheses = grounds.hypotheses.map((known) => lowered(known, standing, grounds.hypotheses));
  const added = standing
    .filter((claim) => !grounds.hypotheses.some((known) => isSame(claim, known, grounds.hypotheses)))
    .map((claim) => hypothesisOf(claim, grounds))
    .filter((one, place, all) => all.findIndex(({ says }) => says === one.says) === place);
  const sentences = answer.root_cause.map((one) => ({ one, because: objectionToSentence(one, grounds) }));
  const merged = [...hypotheses, ...added];
  return {
    hypotheses: merged,
    rootCause: sentences.flatMap(({ one, because }) => (because === undefined ? [one.says] : [])),
    confidence: Math.min(answer.confidence, Math.max(0, ...merged.map(({ confidence }) => confidence))),
    status: merged.length > 0 ? answer.status : 'unsure',
    lowered: grounds.hypotheses.flatMap(({ says, confidence: from }, place) => {
      const to = hypotheses[place]?.confidence ?? from;
      return to < from ? [{ says, from, to }] : [];
    }),
    dropped: [
      ...judged.flatMap(({ claim: { says }, because }) => (because ? [{ says, because }] : [])),
      ...sentences.flatMap(({ one: { says }, because }) => (because ? [{ says, because }] : [])),
    ],
  };
}

function lowered(known: Hypothesis, standing: Claim[], all: Hypothesis[]): Hypothesis {
  const about = standing.filter((claim) => isSame(claim, known, all));
  const against = about.flatMap((claim) => claim.against);
  return {
    ...known,
    confidence: Math.min(known.confidence, ...about.map(({ confidence }) => confidence)),
    against: [...new Set([...known.against, ...against.filter((id) => !known.for.includes(id))])],
  };
}

/** The same kind at the same place; a claim that names no place is about the only one of its kind. */
function isSame({ kind, service, server }: Claim, known: Hypothesis, all: Hypothesis[]): boolean {
  if (kind !== known.kind) return false;
  if (service === undefined && server === undefined)
    return all.filter((one) => one.kind === kind).length === 1;
  return (
    (service === undefined || service === known.known.service) &&
    (server === undefined || server === known.known.server)
  );
}

/** A cause that the rules did not find: its facts come from the record, not from the model. */
function hypothesisOf(claim: Claim, { deployments, kinds, cap }: Grounds): Hypothesis {
  const { kind, says, service, server } = claim;
  const deployed = kind === 'bad-deployment' ? deployments.find((one) => one.service === service) : undefined;
  return {
    kind: kinds.includes(kind) ? kind : 'other',
    says,
    by: 'model',
    confidence: Math.min(claim.confidence, cap),
    known: {
      ...(service && { service }),
      ...(server && { server }),
      ...(deployed && { version: deployed.version, previous_version: deployed.replacing }),
    },
    for: [...new Set(claim.for)],
    against: [...new Set(claim.against)],
  };
}

/** What a kind of cause cannot do without: the metric that is far from usual on its server. */
const defining: Record<string, string> = { 'memory-leak': 'memory_available', 'full-disk': 'disk_available' };

function objectionTo(claim: Claim, grounds: Grounds): string | undefined {
  const { kind, service, server, says } = claim;
  const { inventory, hypotheses } = grounds;
  const cited = [...claim.for, ...claim.against];
  const both = claim.for.find((id) => claim.against.includes(id));
  if (both) return `${both} is cited for it and against it`;
  const unread = objectionToIds(cited, grounds);
  if (unread) return unread;
  if (claim.for.length === 0 && !hypotheses.some((known) => isSame(claim, known, hypotheses)))
    return 'nothing is cited for it';
  const runs = server === undefined ? undefined : findServer(inventory, server);
  if (server !== undefined && !runs) return `${server} is not in the inventory`;
  if (service !== undefined && !findService(inventory, service)) return `${service} is not in the inventory`;
  if (runs && service !== undefined && !runs.services.includes(service))
    return `${service} does not run on ${server}`;
  if (kind === 'bad-deployment' && !grounds.deployments.some((one) => one.service === service))
    return `no deployment of ${service ?? 'a service'} is in the evidence`;
  return objectionToReading(claim, grounds) ?? objectionToWords(says, grounds);
}

function objectionToSentence(one: Answer['root_cause'][number], grounds: Grounds): string | undefined {
  return objectionToIds(one.for, grounds) ?? objectionToWords(one.says, grounds);
}

function objectionToIds(cited: string[], { evidence }: Grounds): string | undefined {
  if (cited.length === 0) return 'it cites no evidence';
  const missing = cited.find((id) => !evidence.some((one) => one.id === id));
  if (missing) return `${missing} is not among the evidence`;
  const unread = cited.find((id) => evidence.some((one) => one.id === id && !one.read));
  return unread && `${unread} could not be read`;
}

function objectionToReading({ kind, server }: Claim, { readings }: Grounds): string | undefined {
  const metric = defining[kind];
  if (metric === undefined) return undefined;
  if (server === undefined) return `it names no server, and ${kind} is one server's`;
  const read = readings.find((one) => one.metric === metric && one.subject === server);
  if (!read) return `${metric} of ${server} is not in the evidence`;
  return read.z < signalAt ? `${metric} of ${server} is not far from usual` : undefined;
}

/** Servers and versions named in words are held against the record like those named in fields. */
function objectionToWords(says: string, { inventory, deployments }: Grounds): string | undefined {
  if (/https?:|www\.|\]\(|<@|<!/i.test(says)) return 'it holds a link or a mention';
  const stems = new Set(inventory.servers.map(({ id }) => id.replace(/\d+$/, '')));
  const named = says.toLowerCase().match(/[a-z][a-z0-9.-]*-\d+/g) ?? [];
  const unknown = named.find((one) => stems.has(one.replace(/\d+$/, '')) && !findServer(inventory, one));
  if (unknown) return `${unknown} is not in the inventory`;
  const services = inventory.services.map(({ id }) => id).join('|');
  const versions = says.matchAll(
    new RegExp(
      `\\b(?:version|release|${services})\\s+v?(\\d+(?:\\.\\d+)+)(?![\\d.]|\\s*(?:%|m?s\\b|x\\b|σ))`,
      'gi',
    ),
  );
  const known = deployments.flatMap(({ version, replacing }) => [version, replacing]);
  const isKnown = (version: string) =>
    known.some((one) => one === version || one.startsWith(`${version}.`) || one.startsWith(`${version}-`));
  const other = [...versions].find(([, version = '']) => !isKnown(version));
  return other && `no deployment of version ${other[1]} is in the evidence`;
}
