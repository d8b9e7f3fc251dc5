// Whole incidents, from the first odd metric to the post-mortem, in the trial's company with the real clients.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kind } from '../../src/audit/entry.ts';
import { type Estate, openEstate } from '../../src/estate/estate.ts';
import { cycle } from '../../src/monitoring/cycle.ts';
import { openAwx } from '../../src/systems/awx/read.ts';
import { openAwxLauncher } from '../../src/systems/awx/write.ts';
import { openLoki } from '../../src/systems/loki/read.ts';
import { openPrometheus } from '../../src/systems/prometheus/read.ts';
import { restartService } from '../../src/tools/restart-service.ts';
import { rollBackDeployment } from '../../src/tools/roll-back-deployment.ts';
import { rotateLogs } from '../../src/tools/rotate-logs.ts';
import { databases } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a shift at Fernwood, on ${name}`, () => {
    let shift: Shift;
    let estate: Estate;
    let ahead = 0;
    /** The company's clock and ours, which a test may move on. */
    const now = () => new Date(Date.now() + ahead);
    const pass = (seconds: number) => {
      ahead += seconds * 1_000;
    };
    beforeAll(async () => {
      const database = await open();
      estate = await openEstate({ db: database.db, now, speed: 1, token: 'let-me-in' });
      const access = { url: estate.awxUrl, token: estate.awxToken };
      const awx = { read: openAwx(access), launch: openAwxLauncher(access) };
      const loki = openLoki({ url: estate.lokiUrl });
      shift = await openShift(database, {
        prometheus: openPrometheus({ url: estate.prometheusUrl }),
        loki,
        tools: [restartService(awx), rotateLogs(awx), rollBackDeployment(awx, loki, now)],
        now,
      });
    });
    afterAll(async () => {
      await estate?.close();
      await shift?.close();
    });

    const stories: [fault: string, deed: RegExp, asks: boolean, verified: RegExp][] = [
      ['bad-deployment', /^Roll checkout back to [\d.-]+$/, true, /error rate of checkout/],
      [
        'memory-leak',
        /^Restart catalog on app-04$|^Restart search on app-04$/,
        false,
        /available memory of app-04/,
      ],
      ['full-disk', /^Rotate and compress the logs on db-01$/, false, /free disk space of db-01/],
    ];
    test.each(stories)(
      'a %s is noticed, mended and shown to be mended',
      async (fault, deed, asks, verified) => {
        expect(await estate.break(fault, now())).toMatchObject({ kind: 'broken' });
        pass(40);
        for (const _ of [1, 2]) {
          await cycle(shift.watching, now());
          pass(5);
        }
        await shift.work();
        const { id, cause } = await shift.last();
        expect(cause?.kind).toBe(fault);
        if (asks) {
          await shift.says(id, { kind: 'approve' });
          await shift.work();
        }
        pass(10); // the AWX job
        await shift.later();
        expect(estate.openFaults()).toEqual([]);
        pass(20); // until all is as before
        for (let looks = 0; looks < 9 && (await shift.last()).status === 'verifying'; looks += 1) {
          await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
          await shift.later();
          pass(5);
        }
        expect((await shift.last()).status).toBe('closed');
        const told = (await shift.log(id)).findLast((one) => one.kind === 'post-mortem');
        expect(told?.facts.lines).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^Impact: /),
            expect.stringMatching(new RegExp(`^Action: ${deed.source.replaceAll(/[\^$]/g, '')}: done, `)),
            expect.stringMatching(verified),
          ]),
        );
      },
    );

    test('every step of it is in the audit, from the signal to the end, whoever did it', async () => {
      const { id } = await shift.last();
      const kinds = (await shift.audited({ incident: id })).map(({ kind }) => kind);
      const wanted: Kind[] = [
        'signal.opened',
        'evidence.gathered',
        'diagnosis.made',
        'action.proposed',
        'action.running',
        'action.ended',
        'incident.verified',
        'incident.ended',
      ];
      expect(kinds.filter((kind) => wanted.includes(kind))).toEqual(wanted);
    });
  });
}
