import { actionsOf } from '../actions/read.ts';
import type { Card, Span, Text } from '../chat/card.ts';
import { linkTo } from '../chat/show.ts';
import type { IncidentId } from '../ids.ts';
import { foundIn } from '../incidents/found.ts';
import type { Evidence, Hypothesis, Incident, Logged } from '../incidents/incident.ts';
import { incident as findIncident, logOf } from '../incidents/read.ts';
import { trackRecord } from '../incidents/sure.ts';
import { card } from './answer.ts';
import type { Desk } from './tell.ts';

type Asking = Pick<Desk, 'db' | 'by' | 'places'>;

/** What a worker thinks happened: how sure it is, on what evidence, what it could not check, what would change its mind. */
export async function whyOf(desk: Asking, id: IncidentId, place: string | undefined): Promise<Card> {
  const incident = await findIncident(desk.db, id);
  const entries = await logOf(desk.db, id);
  const { evidence, hypotheses } = foundIn(entries);
  const cite = citing(evidence, await linksTo(desk, { id, entries, place }));
  const decided = (await actionsOf(desk.db, id)).map(
    ({ question, decision }): Text => [
      { bold: question.what },
      `: ${decision.kind}, because ${decision.said.map((one) => one.because).join(' ')}`,
    ],
  );
  const thought = incident ? thoughtOf(incident, hypotheses, evidence, cite) : [];
  const title =
    hypotheses.length > 0 ? `What I think happened on ${id}` : `I do not know yet what happened on ${id}`;
  return card(desk, title, [...thought, ...decided]);
}

/** One finding with its id, linked to where it stands. */
type Cite = (id: string) => Text[];

function thoughtOf({ cause }: Incident, hypotheses: Hypothesis[], evidence: Evidence[], cite: Cite): Text[] {
  const leading = hypotheses.find(({ says }) => says === cause?.says) ?? hypotheses[0];
  const others = hypotheses.filter((one) => one !== leading);
  const unread = evidence.filter(({ read }) => !read);
  return [
    ...(leading ? causeLines(leading, trackRecord(hypotheses)) : []),
    ...headed('For it', leading?.for.flatMap(cite) ?? []),
    ...headed('Against it', leading?.against.flatMap(cite) ?? []),
    ...headed(
      'Not checked',
      unread.flatMap(({ id }) => cite(id)),
    ),
    ...others.map(
      (one): Text => [{ bold: `Or, ${share(one.confidence)}: ` }, `${one.says} (for: ${one.for.join(', ')})`],
    ),
    ...headed('What would change my mind', mindChangers({ others, unread, leading })),
    ...(leading
      ? []
      : evidence.filter(({ read, nothing }) => read && !nothing).flatMap(({ id }) => cite(id))),
  ];
}

function causeLines({ says, confidence, by }: Hypothesis, record: string | undefined): Text[] {
  const how = by === 'model' ? 'by the model alone' : 'by rule';
  return [[{ bold: `${share(confidence)} sure: ` }, `${says}, ${how}.${record ? ` ${record}` : ''}`]];
}

function headed(heading: string, lines: Text[]): Text[] {
  return lines.length > 0 ? [[{ bold: heading }], ...lines] : [];
}

/** What is not known yet and would tell, and whose word would. Pure. */
function mindChangers({
  leading,
  others: [second],
  unread,
}: {
  leading: Hypothesis | undefined;
  others: Hypothesis[];
  unread: Evidence[];
}): string[] {
  return [
    ...(unread.length > 0
      ? [`What ${unread.map(({ source }) => source).join(', ')} would say, once it can be read.`]
      : []),
    ...(leading && second
      ? [`More that speaks for "${second.says}" than ${second.for.join(', ') || 'nothing'}.`]
      : []),
    ...(leading ? ['Metrics that stay far from usual after its runbook.'] : []),
    `Your word: ${second ? '"cause 2", ' : ''}"look at" and where.`,
  ];
}

function citing(evidence: Evidence[], links: Links): Cite {
  return (id) => {
    const one = evidence.find((known) => known.id === id);
    if (!one) return [];
    const url = links(id);
    const name: Span = url ? { link: url, text: `${id} ${one.source}` } : { bold: `${id} ${one.source}` };
    return [[name, `: ${one.found.replace(/^Not checked: /, '')}`]];
  };
}

type Links = (evidence: string) => string | undefined;

/** Where evidence stands in the incident's thread: what was gathered in one post, what a model looked at besides in its own. */
async function linksTo(
  { db, places = [] }: Asking,
  { id, entries, place }: { id: IncidentId; entries: Logged[]; place: string | undefined },
): Promise<Links> {
  const gathered = entries.findLastIndex(({ kind }) => kind === 'evidence');
  const argued = entries.findLastIndex((one) => one.kind === 'diagnosis' && one.facts.argued !== undefined);
  const own =
    place === undefined ? places : [place, ...places.filter((one) => surfaceOf(one) === surfaceOf(place))];
  const first = async (part: string) => {
    for (const one of own) {
      const link = await linkTo(db, `incident:${id}`, part, one);
      if (link) return link;
    }
    return undefined;
  };
  const [found, more] = await Promise.all([first(`${gathered}-evidence`), first(`${argued}-diagnosis`)]);
  const said = entries[gathered];
  const known = said?.kind === 'evidence' ? said.facts.evidence.map((one) => one.id) : [];
  return (evidence) => (known.includes(evidence) ? found : more);
}

function surfaceOf(place: string): string {
  return place.split(':')[0] ?? '';
}

function share(of: number): string {
  return `${Math.floor(of * 100)} %`;
}
