import * as fs from 'node:fs';
import * as path from 'node:path';
import { canonicalJson, type JsonValue } from '../../base/json.ts';
import { unlessMissing } from '../file-calls.ts';

/** Bytes; a record is some hundred. */
const LARGEST = 64 * 1024;

/** The folder `state/sessions/`: one file for each session, written by its supervisor alone. Its content is whoever reads it's to judge. */
export class SessionRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Replaces the record in one step. A power cut ends its session too, so nothing is flushed. */
  write(recordId: string, record: JsonValue): void {
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#file(recordId);
    fs.writeFileSync(`${file}.tmp`, canonicalJson(record), { mode: 0o600 });
    fs.renameSync(`${file}.tmp`, file);
  }

  remove(recordId: string): void {
    fs.rmSync(this.#file(recordId), { force: true });
  }

  /** What is in every record; what cannot be read is left out. */
  read(): readonly unknown[] {
    const names = unlessMissing(() => fs.readdirSync(this.#folder)) ?? [];
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .flatMap((name) => {
        try {
          const file = path.join(this.#folder, name);
          if (fs.lstatSync(file).size > LARGEST) return [];
          const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
          return [value];
        } catch {
          return [];
        }
      });
  }

  #file(recordId: string): string {
    return path.join(this.#folder, `${recordId}.json`);
  }
}
