// Where change records go: the systems that the site has for them.
import type { Store } from './jobs/save.ts';
import type { People } from './people/people.ts';
import { jiraRecords } from './records/jira.ts';
import { openRecords, type Records } from './records/records.ts';
import { serviceNowRecords } from './records/servicenow.ts';
import type { Site } from './site.ts';
import type { Log } from './storage.ts';

interface Parts {
  store: Store;
  site: Pick<Site, 'keepers'>;
  people: People;
  now(): Date;
  log: Log;
}

/** What a system may take for one request: a record is told in several of them. */
const timeoutMs = 8_000;

/** The change records of a site; undefined where nothing keeps them. */
export function recordsOf({ store, site, people, now, log }: Parts): Records | undefined {
  const { servicenow, jira } = site.keepers ?? {};
  const systems = [
    ...(servicenow ? [serviceNowRecords({ timeoutMs, ...servicenow.access }, servicenow.wishes)] : []),
    ...(jira ? [jiraRecords({ timeoutMs, ...jira.access }, jira.wishes)] : []),
  ];
  if (systems.length === 0) return undefined;
  const { db, queue, chain } = store;
  return openRecords({ db, queue, chain, systems, nameOf: (id) => people.find(id)?.name ?? id, now, log });
}
