import process from 'node:process';
import { isSameProcess } from '../core/harness-ports.ts';
import { sessionRecordSchema, sessionsFolder } from '../core/harness/session-record.ts';
import { NodeProcesses } from '../node/harness/node-processes.ts';
import { SessionRecords } from '../node/harness/session-records.ts';
import { terminalDevice } from './user-terminal.ts';

/**
 * Removes the records of supervisors that were killed, and takes back what was asked of this terminal then. Answers the settings, as
 * `stty -g` printed them, that one of them found here; undefined where nothing has to be put back.
 */
export function tidyUp(beaverHome: string): string | undefined {
  const records = new SessionRecords(sessionsFolder(beaverHome));
  const processes = new NodeProcesses();
  const device = terminalDevice();
  let settings: string | undefined;
  for (const value of records.read()) {
    const record = sessionRecordSchema.safeParse(value);
    if (!record.success || isSameProcess(processes, record.data.supervisor)) continue;
    const { terminal, record_id } = record.data;
    records.remove(record_id);
    if (device === null || terminal.device !== device) continue;
    process.stdout.write(terminal.restoration);
    if (/^[0-9A-Za-z:=]+$/.test(terminal.settings)) settings = terminal.settings;
  }
  return settings;
}
