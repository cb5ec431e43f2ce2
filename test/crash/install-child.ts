import { carryOutInstall, INSTALL_OPERATIONS } from '../support/install-faults.ts';
import { SmallSteps, standingPorts } from './crash-ports.ts';
import { dyingFiles } from './dying-files.ts';

/** Carries out one operation in the folder `ROOT` and is killed before its call number `AT`: `node install-child ROOT OPERATION AT`. */
const [root = '', operation = '', at = ''] = process.argv.slice(2);
const ports = standingPorts(new SmallSteps(dyingFiles(Number(at))));
const wanted = INSTALL_OPERATIONS.find((one) => one === operation);
// A failure is an unhandled rejection: the child ends with 1.
if (wanted !== undefined) void carryOutInstall({ root, ports }, wanted);
