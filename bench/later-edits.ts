/**
 * Edits that people made to a skill after a release, carried back to before it: somebody had learned it on the old version. What the release
 * and the edit give together is then known, since the history has it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { git, gitBytes } from './history.ts';

export interface TreeFile {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/** By POSIX path in the skill. */
export type SkillFiles = ReadonlyMap<string, TreeFile>;

export interface LaterEdit {
  /** The commit that the edit is from. */
  readonly commit: string;
  /** The old release with the edit: CURRENT LOCAL. */
  readonly local: SkillFiles;
  /** The new release with the edit, as the history has it. */
  readonly known: SkillFiles;
  /** True where the edit touches what the release changed: there, `local` has the lines of the edit's own commit. */
  readonly overlaps: boolean;
}

/** One upgrade of a repository: an old release, a new one, and what came after. */
export class Upgrade {
  readonly #clone: string;
  readonly #from: string;
  readonly #to: string;
  /** Folders of skills of the old release by the blob of their SKILL.md. */
  readonly #folders = new Map<string, string[]>();
  /** Files that later commits changed, the earliest commit first. */
  readonly #later: readonly (readonly [commit: string, files: readonly string[]])[];

  constructor(clone: string, from: string, to: string) {
    this.#clone = clone;
    this.#from = from;
    this.#to = to;
    for (const entry of git(clone, 'ls-tree', '-r', '-z', from).split('\0')) {
      const [, blob = '', folder = ''] = /^\d+ blob ([0-9a-f]+)\t(.+)\/SKILL\.md$/.exec(entry) ?? [];
      if (folder !== '') this.#folders.set(blob, [...(this.#folders.get(blob) ?? []), folder]);
    }
    const log = git(
      ...([clone, 'log', '--reverse', '--first-parent', '-m', '--no-renames', '--name-only'] as const),
      ...(['--format=%x00%H', `${to}..HEAD`] as const),
    );
    this.#later = log
      .split('\0')
      .map((entry) => entry.split('\n').filter((line) => line !== ''))
      .map(([commit = '', ...files]) => [commit, files]);
  }

  /** The folder that a mirrored skill came from; undefined where copies of it make that unclear. */
  folderOf(skillName: string, document: string): string | undefined {
    const bytes = Buffer.from(document, 'utf8');
    const blob = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    const folders = this.#folders.get(blob) ?? [];
    if (folders.length === 1) return folders[0];
    const named = folders.filter((folder) => path.posix.basename(folder) === skillName);
    return named.length === 1 ? named[0] : undefined;
  }

  /** The first edit of the skill after the new release that the old one can have; undefined without one. */
  laterEdit(folder: string): LaterEdit | undefined {
    const [commit] =
      this.#later.find(([, files]) => files.some((file) => file.startsWith(`${folder}/`))) ?? [];
    if (commit === undefined) return undefined;
    const base = this.#files(this.#from, folder);
    const upstream = this.#files(this.#to, folder);
    const edited = this.#files(commit, folder);
    if (!upstream.has('SKILL.md') || !edited.has('SKILL.md')) return undefined;
    const local = new Map(base);
    const known = new Map(upstream);
    let overlaps = false;
    for (const file of new Set([...upstream.keys(), ...edited.keys()])) {
      const [old, before, after] = [base.get(file), upstream.get(file), edited.get(file)];
      if (isSame(before, after)) continue;
      const carried = carriedBack(old, before, after);
      if (carried === undefined) continue;
      overlaps ||= carried.overlaps;
      if (carried.file === null) local.delete(file);
      else local.set(file, carried.file);
      if (after === undefined) known.delete(file);
      else known.set(file, after);
    }
    const changed = [...new Set([...local.keys(), ...base.keys()])].some(
      (file) => !isSame(local.get(file), base.get(file)),
    );
    return changed ? { commit, local, known, overlaps } : undefined;
  }

  #files(commit: string, folder: string): SkillFiles {
    const files = new Map<string, TreeFile>();
    for (const entry of git(this.#clone, 'ls-tree', '-r', '-z', commit, `${folder}/`).split('\0')) {
      const [, mode, blob = '', file = ''] = /^(100\d+) blob ([0-9a-f]+)\t([^]+)$/.exec(entry) ?? [];
      if (blob === '') continue;
      files.set(file.slice(folder.length + 1), {
        bytes: gitBytes(this.#clone, 'cat-file', 'blob', blob),
        executable: mode === '100755',
      });
    }
    return files;
  }
}

interface CarriedBack {
  /** Null where the edit removes the file. */
  readonly file: TreeFile | null;
  readonly overlaps: boolean;
}

/** What the step from `before` to `after` makes of `old`; undefined where it says nothing about it. */
function carriedBack(
  old: TreeFile | undefined,
  before: TreeFile | undefined,
  after: TreeFile | undefined,
): CarriedBack | undefined {
  if (after === undefined)
    return old === undefined ? undefined : { file: null, overlaps: !isSame(old, before) };
  if (old === undefined) return before === undefined ? { file: after, overlaps: false } : undefined;
  if (before === undefined || isSame(old, before)) return { file: after, overlaps: before === undefined };
  if ([old, before, after].some(({ bytes }) => bytes.includes(0))) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'beaver-carried-'));
  try {
    const [ours, base, theirs] = [old, before, after].map(({ bytes }, at) => {
      const file = path.join(folder, String(at));
      writeFileSync(file, bytes);
      return file;
    });
    const merge = (...options: readonly string[]) =>
      spawnSync('git', ['merge-file', '-p', ...options, ours ?? '', base ?? '', theirs ?? ''], {
        maxBuffer: 1 << 28,
      });
    const plain = merge();
    const clean = plain.status === 0;
    const bytes = clean ? plain.stdout : merge('--theirs').stdout;
    return { file: { bytes, executable: after.executable }, overlaps: !clean };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function isSame(one: TreeFile | undefined, other: TreeFile | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.executable === other.executable && one.bytes.equals(other.bytes);
}
