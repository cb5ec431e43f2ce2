import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';

/** 256 bits, in characters that every header takes. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token of a running server, in a file that nobody else can read (0600; on Windows, by the rights of the person's own folder). */
export class TokenFile {
  /** Absolute. */
  readonly path: string;
  readonly #token: string;

  private constructor(file: string, token: string) {
    this.path = file;
    this.#token = token;
  }

  /** Replaces whatever has the name, a link included, by a new file: nobody who opened the old one sees the token. */
  static async write(file: string, token: string): Promise<TokenFile> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const fresh = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(fresh, `${token}\n`, { mode: 0o600, flag: 'wx' });
      await rename(fresh, file);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
    return new TokenFile(file, token);
  }

  /** Unless another server has taken the name over. */
  async remove(): Promise<void> {
    const now = await readFile(this.path, 'utf8').catch(() => undefined);
    if (now?.trim() === this.#token) await rm(this.path, { force: true });
  }
}
