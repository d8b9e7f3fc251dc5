import type { Card } from '../../src/chat/card.ts';
import type { PersonId } from '../../src/ids.ts';
import { standupCard } from '../../src/standup/card.ts';
import { standup } from '../../src/standup/standup.ts';
import { busy, links, none, telling, unlinked, weekend } from '../standup/rows.ts';
import { ada, maria } from './cards.ts';

const nobody = { said: [], asked: [] };
const people = {
  said: [{ person: maria, words: 'yesterday *db-02*, today <holidays>, blocked by nobody' }],
  asked: ['robin' as PersonId],
};

/** The team's morning, with and without news, of few and of many. */
export function everyStandup(): [what: string, card: Card][] {
  return [
    ['standup', standupCard(standup(weekend, telling), nobody, ada, links)],
    ['standup-unlinked', standupCard(standup(weekend, telling), people, ada, unlinked)],
    ['standup-quiet', standupCard(standup(none, telling), nobody, ada, links)],
    ['standup-many', standupCard(busy(40, 20), people, ada, links)],
  ];
}
