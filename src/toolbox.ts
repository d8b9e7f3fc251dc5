// Which tools there are: what a worker can do on a site.
import type { Site } from './site.ts';
import { openLoki } from './systems/loki/read.ts';
import { reachAwx } from './tools/awx-template.ts';
import { changeConfiguration } from './tools/change-configuration.ts';
import { changeDatabase } from './tools/change-database.ts';
import { changeFirewall } from './tools/change-firewall.ts';
import { changeLicence } from './tools/change-licence.ts';
import { endSessions } from './tools/end-sessions.ts';
import { resetPassword } from './tools/reset-password.ts';
import { resetService } from './tools/reset-service.ts';
import { restartService } from './tools/restart-service.ts';
import { rollBackDeployment } from './tools/roll-back-deployment.ts';
import { rotateLogs } from './tools/rotate-logs.ts';
import { scaleConsumers } from './tools/scale-consumers.ts';
import type { AnyTool } from './tools/tool.ts';

/** What a worker can do on this site. */
export function toolsOf({ awx, loki }: Pick<Site, 'awx' | 'loki'>, now: () => Date): AnyTool[] {
  if (!awx) return [];
  const reached = reachAwx(awx);
  return [
    restartService(reached),
    rotateLogs(reached),
    rollBackDeployment(reached, openLoki(loki), now),
    resetPassword(reached),
    changeLicence(reached),
    changeConfiguration(reached),
    changeDatabase(reached),
    changeFirewall(reached),
    endSessions(reached),
    scaleConsumers(reached),
    resetService(reached),
  ];
}
