import { answer } from '../../approvals/answer.ts';
import type { Answer, Approval } from '../../approvals/approval.ts';
import { openApprovals } from '../../approvals/read.ts';
import type { Refusals } from '../../audit/refusals.ts';
import type { IncidentId, PersonId } from '../../ids.ts';
import { type Intervention, intervene } from '../../incidents/intervene.ts';
import type { Responder } from '../../incidents/responder.ts';
import { people } from '../cast.ts';
import type { Agenda } from './agenda.ts';
import type { Episode } from './plan.ts';
import { reasons } from './words.ts';

interface Wanted {
  random(): number;
  responder: Responder;
  refusals: Refusals;
  agenda: Agenda;
  /** Whoever rejects what is asked on an incident does something about it. */
  rejected(incident: IncidentId, person: PersonId, at: number): void;
}

export interface Crowd {
  /** Sees what is asked now, and puts on the agenda who answers it, when and how. */
  notice(episode: Episode | undefined, at: number): Promise<void>;
  /** A person steps in on an incident, by the product's own way; what it does not let happen does not. */
  step(person: PersonId, incident: IncidentId, wanted: Intervention): Promise<boolean>;
}

const second = 1_000;
const minute = 60 * second;
export const robin = 'p-oncall' as PersonId;
export const dana = 'p-dba' as PersonId;
const gale = 'p-gov-1' as PersonId;
export const greer = 'p-gov-2' as PersonId;

/**
 * The people of the company at what is asked of them. Robin answers most, after 20 seconds to 40 minutes; Gale whatever
 * comes along, always within seconds and always with yes; Greer the rest, and what nobody answered in the first round.
 */
export function openCrowd({ random, responder, refusals, agenda, ...wanted }: Wanted): Crowd {
  const { gateway } = responder;
  const noticed = new Set<string>();
  const rejected = new Set<Episode>();
  const between = (least: number, most: number) => least * (most / least) ** random();

  function planned(approval: Approval, episode: Episode | undefined): Reply {
    const isFirst = episode && !rejected.has(episode);
    if (isFirst && episode.manner === 'rejected') {
      rejected.add(episode);
      const reason = reasons[Math.floor(random() * reasons.length)] ?? '';
      return { person: robin, afterMs: between(2 * minute, 15 * minute), answer: { kind: 'reject', reason } };
    }
    if (isFirst && episode.manner === 'lapsed') {
      rejected.add(episode);
      const roundMs = approval.expiresAt.getTime() - approval.askedAt.getTime();
      return {
        person: greer,
        afterMs: roundMs + between(2 * minute, 25 * minute),
        answer: approve(approval),
      };
    }
    const turn = random();
    const given = approval.answers.map(({ person }) => person);
    if (turn < 0.3 && !given.includes(gale))
      return { person: gale, afterMs: between(2 * second, 6 * second), answer: approve(approval) };
    const person = turn < 0.85 && !given.includes(robin) ? robin : greer;
    return { person, afterMs: between(20 * second, 40 * minute), answer: approve(approval) };
  }

  return {
    notice: async (episode, at) => {
      for (const approval of await openApprovals(gateway.db)) {
        const { id, answers, incident } = approval;
        const key = `${id} ${answers.length}`;
        if (noticed.has(key)) continue;
        noticed.add(key);
        const { person, afterMs, answer: said } = planned(approval, episode);
        agenda.put(at + afterMs, async () => {
          const { roles } = known(person);
          const by = { id: person, roles };
          const { kind } = await answer({ ...gateway, refusals }, { approval: id, person: by, answer: said });
          if (kind === 'recorded' && said.kind === 'reject' && incident)
            wanted.rejected(incident, person, at + afterMs);
        });
      }
    },
    step: async (person, incident, wanted) => {
      const { roles } = known(person);
      return (await intervene(responder, incident, { id: person, roles }, wanted)).kind === 'done';
    },
  };
}

interface Reply {
  person: PersonId;
  afterMs: number;
  answer: Answer;
}

function approve({ terms, question, answers }: Approval): Answer {
  const types = terms.type_target && !answers.some(({ typed }) => typed);
  return { kind: 'approve', ...(types && { typed: question.target }) };
}

function known(id: PersonId) {
  const found = people.find((one) => one.id === id);
  if (!found) throw new Error(`Nobody at Fernwood is ${id}.`);
  return found;
}
