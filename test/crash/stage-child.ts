import { openStage, SmallSteps, standingPorts } from './crash-ports.ts';
import { dyingFiles } from './dying-files.ts';
import { LIFE } from './life.ts';

/**
 * Carries out one stage of the life in the folder `ROOT` and is killed before its call number `AT`: `node stage-child ROOT STAGE AT`.
 * Ends with 0 when the stage ends before that.
 */
const [root = '', stage = '', at = ''] = process.argv.slice(2);
const ports = standingPorts(new SmallSteps(dyingFiles(Number(at))));
// A failure is an unhandled rejection: the child ends with 1.
const found = LIFE.find(({ name }) => name === stage);
if (found !== undefined) void found.act(openStage(found, ports, root));
