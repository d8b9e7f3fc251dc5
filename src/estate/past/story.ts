import type { IncidentId, PersonId } from '../../ids.ts';
import type { Incident } from '../../incidents/incident.ts';
import { unknown } from '../../incidents/locate.ts';
import { postMortemOf } from '../../incidents/post-mortem/read.ts';
import { incident as findIncident } from '../../incidents/read.ts';
import type { Db } from '../../postgres/database.ts';
import type { Breakage } from '../world.ts';
import type { Agenda } from './agenda.ts';
import { type Crowd, dana, greer, robin } from './people.ts';
import type { Episode } from './plan.ts';
import { lessons, notOver, otherCauses } from './words.ts';

interface Wanted {
  random(): number;
  db: Db;
  agenda: Agenda;
  crowd: Crowd;
  /** Breaks the same again. */
  again(breakage: Breakage, at: number): void;
  /** Unix milliseconds: nothing is begun that would not be over by then. */
  until: number;
}

export interface Story {
  /** What people do about an incident of an episode, from when it is first seen. */
  opened(incident: Incident, episode: Episode | undefined, broken: Breakage[], at: number): void;
  /** Who rejected what was asked takes it and mends it by hand. */
  rejected(incident: IncidentId, person: PersonId, broken: Breakage[], at: number): void;
  /** And once it is over. */
  over(incident: IncidentId, episode: Episode | undefined, broken: Breakage[], at: number): Promise<void>;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** What the people of the company do about incidents besides answering. */
export function openStory({ random, db, agenda, crowd, again, until }: Wanted): Story {
  const between = (least: number, most: number) => least * (most / least) ** random();
  const told = new Set<Episode>();
  const met = new Set<IncidentId>();
  let lesson = 0;
  let otherCause = 0;

  /** Somebody mends by hand whatever of it is still broken. */
  const mend = (broken: Breakage[], at: number) =>
    agenda.put(at, async () => {
      for (const one of broken) one.mendedAt ??= new Date(at);
    });

  function tended(incident: IncidentId, at: number): void {
    const { summary, change, task } = lessons[lesson % lessons.length] ?? {
      summary: '',
      change: '',
      task: '',
    };
    const isLate = lesson % 3 === 2;
    lesson += 1;
    agenda.put(at + between(4 * minute, 22 * minute), async () => {
      const draft = await postMortemOf(db, incident);
      if (!draft || draft.filedAt) return;
      const words = {
        summary: `${draft.summary} ${summary}`,
        change: [draft.change, change].join('\n').trim(),
      };
      await crowd.step(robin, incident, { do: 'edit-post-mortem', ...words });
      const days = 2 + Math.floor(3 * random());
      const doneAt = at + (isLate ? days + 1.5 : days - 1) * day;
      if (doneAt > until) return;
      const due = new Date(at + days * day).toISOString().slice(0, 10);
      await crowd.step(robin, incident, {
        do: 'add-task',
        what: task,
        owner: random() < 0.5 ? robin : dana,
        due,
      });
      agenda.put(doneAt, () => crowd.step(robin, incident, { do: 'task-done', nth: 1 }));
    });
  }

  return {
    rejected: (id, person, broken, at) => {
      agenda.put(at + between(20 * second, 2 * minute), () => crowd.step(person, id, { do: 'take' }));
      mend(broken, at + between(6 * minute, 25 * minute));
    },
    opened: ({ id, kind }, episode, broken, at) => {
      const manner = episode?.manner ?? 'nothing';
      const isBack = met.has(id);
      met.add(id);
      if (kind === 'prediction' || isBack) return;
      if (manner === 'nothing')
        return agenda.put(at + between(4 * minute, 25 * minute), async () => {
          const found = await findIncident(db, id);
          // Whose cause was named ends by itself: what a team holds against a kind of cause changes who is asked now.
          if (found && (!found.cause || found.cause.kind === unknown))
            await crowd.step(robin, id, { do: 'false-alarm' });
        });
      if (!episode || told.has(episode)) return;
      if (manner === 'taken') {
        told.add(episode);
        agenda.put(at + between(3 * second, 10 * second), () => crowd.step(dana, id, { do: 'take' }));
        agenda.put(at + between(3 * second, 10 * second) + 8 * second, () =>
          crowd.step(robin, id, { do: 'take' }),
        );
        mend(broken, at + between(5 * minute, 20 * minute));
      }
      if (manner === 'severity') {
        told.add(episode);
        const severity = random() < 0.5 ? 1 : 2;
        agenda.put(at + between(10 * second, 25 * second), () =>
          crowd.step(greer, id, { do: 'severity', severity }),
        );
      }
    },
    over: async (id, episode, broken, at) => {
      const incident = await findIncident(db, id);
      if (incident?.status !== 'closed' || incident.kind === 'prediction') return;
      if (episode?.manner === 'wrong-cause' && !told.has(episode)) {
        told.add(episode);
        const words = otherCauses[otherCause++ % otherCauses.length] ?? '';
        agenda.put(at + between(hour, 3 * hour), () => crowd.step(robin, id, { do: 'wrong-cause', words }));
      }
      const [first] = broken;
      if (episode?.manner === 'reopened' && first && !told.has(episode)) {
        told.add(episode);
        const back = at + between(12 * minute, 40 * minute);
        agenda.put(back, async () => again(first, back));
        agenda.put(back + 2 * second, () => crowd.step(robin, id, { do: 'reopen', words: notOver }));
        return;
      }
      if (random() < 0.35) tended(id, at);
    },
  };
}
