// CDEvents, heard: deployments and configuration changes, as CloudEvents over HTTP in structured, batched or
// binary mode, or as they are. Not what came of them: that is monitoring's.
import { z } from 'zod';
import { type ToldChange, type ToldChanges, webAddress } from '../change.ts';
import { firstWrong, type Hook } from '../webhook.ts';

const short = z.string().min(1).max(500);
const time = z.iso.datetime({ offset: true });
const content = z
  .looseObject({
    name: short.optional(),
    environment: z.looseObject({ id: short }).optional(),
    artifactId: z.string().max(2_000).optional(),
  })
  .default({});
const event = z.object({
  context: z.looseObject({ id: short, source: short, type: short, timestamp: time }),
  subject: z.looseObject({ id: short, content }),
});
const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: short,
  source: short,
  type: short,
  time: time.optional(),
});

type Event = z.output<typeof event>;

const whats: Record<string, ToldChange['what'] | undefined> = {
  'service.deployed': 'deployed',
  'service.upgraded': 'upgraded',
  'service.rolledback': 'rolled back',
  'service.removed': 'removed',
  'service.published': 'published',
  'environment.created': 'configured',
  'environment.modified': 'configured',
  'environment.deleted': 'configured',
};

/** The changes in one request; an event of another kind is counted and passed over. */
export function parseCdEvents({ headers, body }: Hook): ToldChanges {
  const given = /^application\/cloudevents-batch\+json/i.test(headers['content-type'] ?? '') ? body : [body];
  if (!Array.isArray(given) || given.length > 1_000)
    return { kind: 'refused', because: 'the batch is no list of at most 1000 events' };
  const told: (ToldChange | undefined)[] = [];
  for (const one of given) {
    const unwrapped = unwrap(headers, one);
    if (unwrapped.kind === 'refused') return unwrapped;
    told.push(changeFrom(unwrapped.event));
  }
  const changes = told.filter((one) => one !== undefined);
  return { kind: 'told', changes, ignored: told.length - changes.length };
}

type Unwrapped = { kind: 'event'; event: Event } | { kind: 'refused'; because: string; detail: string };

/** The CDEvent inside of whatever carries it; what its own context leaves out, the envelope says. */
function unwrap(headers: Hook['headers'], body: unknown): Unwrapped {
  const envelope = envelopeOf(headers, body);
  if (envelope && !envelope.success) return unreadable(envelope.error.issues);
  const carried = (headers['ce-type'] === undefined && envelope?.data.data) || body;
  const { id, source, type, time: timestamp } = envelope?.data ?? {};
  const { context = {}, ...rest } = (typeof carried === 'object' && carried !== null ? carried : {}) as {
    context?: object;
  };
  const parsed = event.safeParse({ ...rest, context: { id, source, type, timestamp, ...context } });
  return parsed.success ? { kind: 'event', event: parsed.data } : unreadable(parsed.error.issues);
}

/** Undefined where there is none: a CDEvent as it is. */
function envelopeOf(headers: Hook['headers'], body: unknown) {
  if (headers['ce-type'] !== undefined) {
    const said = (name: string) => headers[`ce-${name}`];
    const [specversion, id, source, type, time] = ['specversion', 'id', 'source', 'type', 'time'].map(said);
    return cloudEvent.safeParse({ specversion, id, source, type, ...(time !== undefined && { time }) });
  }
  const isWrapped = typeof body === 'object' && body !== null && 'specversion' in body;
  return isWrapped ? cloudEvent.safeParse(body) : undefined;
}

function unreadable(issues: Parameters<typeof firstWrong>[0]): Unwrapped {
  return { kind: 'refused', because: 'the body is no CDEvent', detail: firstWrong(issues) };
}

function changeFrom({ context, subject }: Event): ToldChange | undefined {
  const what = whatOf(context.type);
  if (!what) return undefined;
  const { name, environment, artifactId, url } = subject.content;
  const of = /^dev\.cdevents\.environment\./.test(context.type) ? 'environment' : 'service';
  return {
    key: `cdevents:${context.source}:${context.id}`,
    what,
    outcome: 'done',
    of,
    names: namesOf(name, subject.id),
    environment: of === 'environment' ? (name ?? subject.id) : environment?.id,
    version: artifactId === undefined ? undefined : versionOf(artifactId),
    at: new Date(context.timestamp),
    by: context.source,
    link: webAddress(url, context.source),
  };
}

/** `dev.cdevents.service.deployed.0.2.0`; of a tool's own events (`dev.cdeventsx.…`) those about configuration. */
function whatOf(type: string): ToldChange['what'] | undefined {
  const [, own, subject = '', predicate = ''] =
    /^dev\.cdevents(x?)\.([\w-]+)\.([\w-]+)(\.|$)/.exec(type) ?? [];
  if (own === 'x') return /config|setting|flag/i.test(subject) ? 'configured' : undefined;
  const name = `${subject}.${predicate}`.toLowerCase();
  return Object.hasOwn(whats, name) ? whats[name] : undefined;
}

/** An id is often a path or carries its kind, such as `namespace/checkout` or `service:checkout`. */
function namesOf(name: string | undefined, id: string): string[] {
  const last = id.split(/[/:]/).filter(Boolean).at(-1) ?? id;
  return [...new Set([name, id, last].filter((one) => one !== undefined))];
}

/** Of a package URL such as `pkg:oci/cart@sha256%3A0b31?tag=1.2` its tag, else its version; of `cart:1.2` what is behind the colon. */
function versionOf(artifact: string): string | undefined {
  const [path = '', qualifiers = ''] = artifact.split('#', 1)[0]?.split('?') ?? [];
  const tag = new URLSearchParams(qualifiers).get('tag');
  const behind = path.startsWith('pkg:') ? path.split('@')[1] : /[:@]([^:@/]+)$/.exec(path)?.[1];
  return (tag ?? (behind && decoded(behind)))?.slice(0, 200) || undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
