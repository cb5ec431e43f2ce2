import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { sessionRunFolder } from '../core/harness/session-record.ts';

/** The address of a socket may be no longer than that on any system. Bytes, with its end. */
const LONGEST_ADDRESS = 100;

/** Where the socket and the pipe of one session lie: a folder of the person alone, which goes with the session. */
export class RunFolder {
  readonly recordId = randomBytes(8).toString('hex');
  readonly folder: string;

  constructor(beaverHome: string) {
    const wanted = sessionRunFolder(beaverHome, this.recordId);
    const fits = Buffer.byteLength(path.join(wanted, 'control')) < LONGEST_ADDRESS;
    this.folder = fits ? wanted : fs.mkdtempSync(path.join(tmpdir(), 'beaver-'));
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  get socket(): string {
    return path.join(this.folder, 'control');
  }

  get resumePipe(): string {
    return path.join(this.folder, 'resume');
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
