// Which chat surfaces are open: their doors, one surface over all of them, and what an account is on its own.

import type { Refusals } from './audit/refusals.ts';
import type { Handlers } from './chat/door.ts';
import { addressOfPictures, pictureDoor, picturesPath } from './chat/pictures.ts';
import { openSlackClient } from './chat/slack/client.ts';
import { openSlackDoor } from './chat/slack/door.ts';
import { openSlackSurface } from './chat/slack/send.ts';
import { openSlackStandings } from './chat/slack/standing.ts';
import { openUploads } from './chat/slack/upload.ts';
import { joinStandings, type Standings } from './chat/standing.ts';
import { joinSurfaces, type Surface } from './chat/surface.ts';
import { connect } from './chat/teams/connect.ts';
import { openTeamsDoor } from './chat/teams/door.ts';
import { openMembers } from './chat/teams/members.ts';
import { introduce, openTeamsSurface } from './chat/teams/send.ts';
import { openTeamsStandings } from './chat/teams/standing.ts';
import type { PersonId } from './ids.ts';
import type { Door } from './listen.ts';
import type { People } from './people/people.ts';
import type { Db } from './postgres/database.ts';
import type { Site } from './site.ts';
import type { Log } from './storage.ts';

interface Wanted {
  db: Db;
  site: Site;
  people: People;
  refusals: Refusals;
  log: Log;
  now(): Date;
}

interface Chat {
  surface: Surface;
  /** The names that its places begin with, such as `slack`. */
  surfaces: string[];
  standings: Standings;
  /** Opens the doors; what comes in goes to `handlers`. */
  open(handlers: Handlers): Doors;
}

interface Doors {
  /** By path, for the one port. */
  paths: Record<string, Door>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** One place where a surface is known by name; everybody else sees places and accounts. */
export function openChat(wanted: Wanted): Chat {
  const slack = slackOf(wanted);
  const teams = teamsOf(wanted);
  const open = [slack, teams].filter((one) => one !== undefined);
  const surfaces = { ...(slack && { slack: slack.surface }), ...(teams && { teams: teams.surface }) };
  return {
    surface: joinSurfaces(surfaces),
    surfaces: Object.keys(surfaces),
    standings: joinStandings({
      ...(slack && { slack: slack.standings }),
      ...(teams && { teams: teams.standings }),
    }),
    open: (handlers) => {
      const doors = open.map((one) => one.open(handlers));
      return {
        paths: Object.assign({ [picturesPath]: pictureDoor(wanted.db) }, ...doors.map(({ paths }) => paths)),
        start: async () => {
          for (const door of doors) await door.start();
        },
        stop: async () => {
          await Promise.all(doors.map((door) => door.stop()));
        },
      };
    },
  };
}

function picturesOf({ publicUrl }: Site) {
  const picture = addressOfPictures(publicUrl);
  return picture ? { picture } : {};
}

function slackOf({ db, site, people, refusals, log, now }: Wanted) {
  if (!site.slack) return undefined;
  const { botToken, apiUrl, mode } = site.slack;
  const slack = { botToken, ...(apiUrl && { apiUrl }), log };
  // Somebody without an account here is named, never dropped.
  const speech = {
    mention: (person: PersonId) => {
      const account = people.accountOn('slack', person);
      return account ? `<@${account}>` : (people.find(person)?.name ?? person);
    },
    // The trial's Slack shows Slack's own dates raw.
    times: site.kind === 'trial' ? ('utc' as const) : ('slack' as const),
    ...picturesOf(site),
  };
  const turnedAway = (because: string) => refusals.refused('slack', because);
  const client = openSlackClient(slack);
  const uploads = site.publicUrl === undefined ? openUploads({ db, client, log, now }) : undefined;
  return {
    surface: openSlackSurface({ client, speech, uploads, log }),
    standings: openSlackStandings(slack),
    open: (handlers: Handlers): Doors => {
      const door = openSlackDoor({ ...slack, mode, speech, now, turnedAway, handlers });
      return { ...door, paths: door.take ? { '/slack/events': door.take } : {} };
    },
  };
}

function teamsOf({ db, site, people, refusals, log }: Wanted) {
  if (!site.teams) return undefined;
  const { registration, known = [] } = site.teams;
  const tenantId = registration?.tenantId;
  const connection = connect(site.teams);
  const members = openMembers(db);
  const speech = {
    mention: (person: PersonId) => {
      const name = people.find(person)?.name ?? person;
      const id = people.accountOn('teams', person);
      return id ? { id: members.idOf(`teams:${id}`) ?? id, name } : name;
    },
    ...picturesOf(site),
  };
  const turnedAway = (because: string) => refusals.refused('teams', because);
  return {
    surface: openTeamsSurface({ db, connection, speech, log }),
    standings: openTeamsStandings({ db, connection, tenantId, log }),
    open: (handlers: Handlers): Doors => {
      const door = openTeamsDoor({ db, connection, members, handlers, speech, tenantId, turnedAway, log });
      return {
        paths: { '/api/messages': door.take },
        start: async () => {
          await members.load();
          await introduce(db, known);
        },
        stop: door.stop,
      };
    },
  };
}
