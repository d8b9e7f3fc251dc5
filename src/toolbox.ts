// Which tools there are: what a worker can do on a site.

import type { Site } from './site.ts';
import { type Loki, openLoki } from './systems/loki/read.ts';
import { type Awx, reachAwx } from './tools/awx-template.ts';
import { balanceServer } from './tools/balance-server.ts';
import { changeConfiguration } from './tools/change-configuration.ts';
import { changeDatabase } from './tools/change-database.ts';
import { changeFirewall } from './tools/change-firewall.ts';
import { changeLicence } from './tools/change-licence.ts';
import { cleanTemporaryFiles } from './tools/clean-temporary-files.ts';
import { endBlockingSessions } from './tools/end-blocking-sessions.ts';
import { endSessions } from './tools/end-sessions.ts';
import { endSlowQueries } from './tools/end-slow-queries.ts';
import { failOverInterface } from './tools/fail-over-interface.ts';
import { moveWorkload } from './tools/move-workload.ts';
import { renewCertificate } from './tools/renew-certificate.ts';
import { resetPassword } from './tools/reset-password.ts';
import { resetService } from './tools/reset-service.ts';
import { restartResolver } from './tools/restart-resolver.ts';
import { restartService } from './tools/restart-service.ts';
import { resumeReplication } from './tools/resume-replication.ts';
import { rollBackDeployment } from './tools/roll-back-deployment.ts';
import { rotateLogs } from './tools/rotate-logs.ts';
import { scaleConsumers } from './tools/scale-consumers.ts';
import { switchPartner } from './tools/switch-partner.ts';
import { syncClock } from './tools/sync-clock.ts';
import type { AnyTool } from './tools/tool.ts';
import { warmCache } from './tools/warm-cache.ts';

/** What a worker can do on this site. */
export function toolsOf({ awx, loki }: Pick<Site, 'awx' | 'loki'>, now: () => Date): AnyTool[] {
  return awx ? toolsOver(reachAwx(awx), openLoki(loki), now) : [];
}

/** The same, on an AWX and a Loki that are open. */
export function toolsOver(awx: Awx, loki: Loki, now: () => Date): AnyTool[] {
  return [
    restartService(awx),
    rotateLogs(awx),
    rollBackDeployment(awx, loki, now),
    resetPassword(awx),
    changeLicence(awx),
    changeConfiguration(awx),
    changeDatabase(awx),
    changeFirewall(awx),
    endSessions(awx),
    scaleConsumers(awx),
    resetService(awx),
    endBlockingSessions(awx),
    cleanTemporaryFiles(awx),
    renewCertificate(awx),
    restartResolver(awx),
    syncClock(awx),
    failOverInterface(awx),
    endSlowQueries(awx),
    resumeReplication(awx),
    switchPartner(awx),
    warmCache(awx),
    balanceServer(awx),
    moveWorkload(awx),
  ];
}
