import type { Approval } from '../approvals/approval.ts';
import { judge } from '../approvals/approval.ts';
import type { Charter } from '../charter/charter.ts';
import type { Byline, Text } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';
import type { Period } from '../scorecards/facts.ts';
import type { Figure } from '../scorecards/kpi.ts';
import type { Fleet } from './fleet.ts';
import type { Yours } from './yours.ts';

/** What the page says to one person; the parts of roles they have not are absent. */
export interface Home {
  by: Byline;
  now: Date;
  /** What they may decide now. */
  asked: Asking[];
  governing?: Governing;
  managing?: Managing;
  charters: Charter[];
  yours: Yours;
}

/** Something that waits for a decision, which is taken on its own card. */
export interface Asking {
  what: string;
  risk: string;
  until: Date;
  link: string | undefined;
}

export interface Governing {
  kills: { scope: string; at: Date }[];
  /** What waits for other people. */
  others: number;
  proposals: { says: string; link: string | undefined }[];
  breakers: string[];
  fleet: Fleet;
}

export interface Managing {
  /** The last whole week, and this one so far. */
  weeks: { last: Week; current: Week };
  currency: string;
  /** What waits for anybody's decision, and what is late. */
  deciding: Text[];
  digest: string | undefined;
}

interface Week {
  period: Period;
  timezone: string;
  figures: Figure[];
}

interface Person {
  id: PersonId;
  roles: string[];
}

/** Whether this person could give the next yes. Pure. */
export function mayDecide(approval: Approval, person: Person, now: Date): boolean {
  const { kind } = judge(approval, person, { kind: 'approve' }, now);
  return kind === 'recorded' || kind === 'type-target';
}
