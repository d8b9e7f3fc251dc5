import { openLoki } from '../../src/systems/loki/read.ts';
import type { Awx } from '../../src/tools/awx-template.ts';
import { reachAwx } from '../../src/tools/awx-template.ts';
import { changeConfiguration } from '../../src/tools/change-configuration.ts';
import { changeDatabase } from '../../src/tools/change-database.ts';
import { changeFirewall } from '../../src/tools/change-firewall.ts';
import { changeLicence } from '../../src/tools/change-licence.ts';
import { endSessions } from '../../src/tools/end-sessions.ts';
import { resetPassword } from '../../src/tools/reset-password.ts';
import { resetService } from '../../src/tools/reset-service.ts';
import { restartService } from '../../src/tools/restart-service.ts';
import { rollBackDeployment } from '../../src/tools/roll-back-deployment.ts';
import { rotateLogs } from '../../src/tools/rotate-logs.ts';
import { scaleConsumers } from '../../src/tools/scale-consumers.ts';
import type { AnyTool } from '../../src/tools/tool.ts';

const nowhere = { url: 'http://127.0.0.1:9' };

/** Every tool there is, by its name; without an AWX and a Loki, to be asked for words alone. */
export function toolsOn(
  awx: Awx = reachAwx(nowhere),
  loki = openLoki(nowhere),
  now = () => new Date('2026-11-20T10:17:03Z'),
): Record<string, AnyTool> {
  const all: AnyTool[] = [
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
  ];
  return Object.fromEntries(all.map((tool) => [tool.name, tool]));
}
