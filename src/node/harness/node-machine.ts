import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, lstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import process from 'node:process';
import * as z from 'zod';
import { hasCode } from '../../base/system-errors.ts';
import type { FolderPrivacy, HarnessMachine, ProgramRun } from '../../core/harness-ports.ts';
import { IS_WINDOWS, unlessMissing } from '../file-calls.ts';

/** Bytes of what a program prints that are kept. */
const MOST_OUTPUT = 8 * 1024;
/** Milliseconds that pipes of a program that has ended may stay open. */
const PIPES_OPEN = 2000;
/** Variables that a program cannot be started without. */
const NEEDED = ['PATH', 'SystemRoot', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP', 'LANG'] as const;
/** How the managers of Linux systems are asked whose a file is. */
const OWNERS = [
  { manager: 'dpkg', args: ['--search'], pattern: /^([^\s:,]+)(?::[^\s,]+)?(?:, [^:]+)?: / },
  { manager: 'rpm', args: ['--query', '--file', '--queryformat', '%{NAME}\\n'], pattern: /^([^\s]+)$/m },
  { manager: 'apk', args: ['info', '--who-owns'], pattern: / is owned by ([^\s]+?)-\d[^\s]*$/m },
] as const;
const OWNER_TIMEOUT = 5000;

const GROUP_OR_OTHERS_WRITE = 0o022;

const reportSchema = z.looseObject({ header: z.looseObject({ glibcVersionRuntime: z.string().optional() }) });

/** This machine, for the harness domain; without archives, which only a client needs. */
export class NodeMachine implements Omit<HarnessMachine, 'unpack'> {
  readonly platform = machinePlatform();

  async systemPackage(
    file: string,
  ): Promise<{ readonly manager: 'dpkg' | 'rpm' | 'apk'; readonly package: string } | null> {
    if (process.platform !== 'linux') return null;
    for (const { manager, args, pattern } of OWNERS) {
      const printed = await printedBy(manager === 'dpkg' ? 'dpkg-query' : manager, [...args, file]);
      const owner = printed === undefined ? undefined : pattern.exec(printed)?.[1];
      if (owner !== undefined) return { manager, package: owner };
    }
    return null;
  }

  makePrivateFolder(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return Promise.resolve();
  }

  privacyOf(folder: string): Promise<FolderPrivacy> {
    const stat = unlessMissing(() => lstatSync(folder, { throwIfNoEntry: false }));
    return Promise.resolve(privacy(stat));
  }

  leaseHeld(lease: string): Promise<boolean> {
    if (IS_WINDOWS) return Promise.resolve(false);
    const stat = unlessMissing(() => lstatSync(lease, { throwIfNoEntry: false }));
    if (stat?.isFIFO() !== true) return Promise.resolve(false);
    try {
      // To open a pipe for writing without waiting fails where nobody has it open for reading.
      closeSync(openSync(lease, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW));
      return Promise.resolve(true);
    } catch (error) {
      if (hasCode(error, 'ENXIO', 'ENOENT')) return Promise.resolve(false);
      throw error;
    }
  }

  async digestFile(path: string): Promise<{ readonly sha256: string; readonly size: number } | undefined> {
    const stat = unlessMissing(() => lstatSync(path, { throwIfNoEntry: false }));
    if (stat === undefined) return undefined;
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.byteLength;
    }
    return { sha256: hash.digest('hex'), size };
  }

  run(program: string, args: readonly string[], cwd: string, timeout: number): Promise<ProgramRun> {
    const env = Object.fromEntries(NEEDED.flatMap((name) => pair(name, process.env[name])));
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd,
        // A home of its own: a first start writes settings, and none of them may be the person's.
        env: {
          ...env,
          HOME: cwd,
          USERPROFILE: cwd,
          XDG_CONFIG_HOME: cwd,
          XDG_CACHE_HOME: cwd,
          NO_COLOR: '1',
          CI: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        // A group of its own, so that whatever it starts ends with it.
        detached: !IS_WINDOWS,
      });
      let output = '';
      let timedOut = false;
      const keep = (piece: Buffer): void => {
        if (output.length < MOST_OUTPUT)
          output += piece.toString('utf8').slice(0, MOST_OUTPUT - output.length);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      let timer = setTimeout(() => {
        timedOut = true;
        endGroup(child.pid);
      }, timeout);
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once('exit', () => {
        // What it left running would keep the pipes open; one that left the group keeps them open for no longer than this.
        endGroup(child.pid);
        clearTimeout(timer);
        timer = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, PIPES_OPEN);
      });
      // Later than `exit`: all that was printed has been read.
      child.once('close', (exitCode) => {
        clearTimeout(timer);
        resolve({ exitCode, timedOut, output });
      });
    });
  }
}

/** Undefined when the program is missing, fails or takes too long. */
function printedBy(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
    execFile(program, [...args], { env, timeout: OWNER_TIMEOUT, encoding: 'utf8' }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}

function pair(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(IS_WINDOWS ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

function privacy(stat: ReturnType<typeof lstatSync> | undefined): FolderPrivacy {
  if (stat === undefined) return 'missing';
  if (stat.isSymbolicLink()) return 'link';
  if (!stat.isDirectory()) return 'not_a_folder';
  // Windows keeps who may write elsewhere; folders of a person are theirs there.
  if (IS_WINDOWS) return 'private';
  if (stat.uid !== process.getuid?.()) return 'of_another_user';
  return (Number(stat.mode) & GROUP_OR_OTHERS_WRITE) === 0 ? 'private' : 'writable_by_others';
}

function machinePlatform(): string {
  const base = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' && isMusl() ? `${base}-musl` : base;
}

/** The loader of musl is there, and glibc is not what runs Node. */
function isMusl(): boolean {
  const loaders = unlessMissing(() => readdirSync('/lib')) ?? [];
  if (!loaders.some((name) => name.startsWith('ld-musl-'))) return false;
  const { header } = reportSchema.parse(process.report.getReport());
  return header.glibcVersionRuntime === undefined;
}
