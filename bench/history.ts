/** Public repositories of plugins at points of their history, written into a workspace as a person would drop them in. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as z from 'zod';

/** What git says about a clone. */
export function git(clone: string, ...args: readonly string[]): string {
  return gitBytes(clone, ...args).toString('utf8');
}

export function gitBytes(clone: string, ...args: readonly string[]): Buffer {
  return execFileSync('git', ['--git-dir', clone, ...args], { maxBuffer: 1 << 30 });
}

/** The commits of the main line, newest first. */
export function firstParents(clone: string): readonly string[] {
  return git(clone, 'rev-list', '--first-parent', 'HEAD').trim().split('\n');
}

/** `owner/name`, from the folder `owner+name` that holds the git directory. */
export function repositoryName(clone: string): string {
  return path.basename(path.dirname(clone)).replace('+', '/');
}

const catalogSchema = z.looseObject({ plugins: z.array(z.looseObject({ source: z.unknown() })) });

/** Folders that are plugins at a commit: those that its marketplace names, else those with a manifest or with skills. */
function pluginFolders(clone: string, commit: string): readonly string[] {
  const files = new Set(git(clone, 'ls-tree', '-r', '--name-only', '-z', commit).split('\0'));
  const listed = catalogFolders(clone, commit, files).filter((folder) =>
    [...files].some((file) => file.startsWith(`${folder}/`)),
  );
  if (listed.length > 0) return listed;
  const folders = new Set<string>();
  for (const file of files) {
    const match = /^(?:(.*?)\/)?(?:\.(?:claude|codex)-plugin\/plugin\.json|skills\/[^/]+\/SKILL\.md)$/.exec(
      file,
    );
    // Fixtures of a repository's own tests are nobody's plugins.
    if (match !== null && !/(?:^|\/)(?:tests?|fixtures)(?:\/|$)/.test(file)) folders.add(match[1] ?? '');
  }
  const sorted = [...folders].sort();
  return sorted.filter(
    (folder) => !sorted.some((other) => other !== folder && (other === '' || folder.startsWith(`${other}/`))),
  );
}

function catalogFolders(clone: string, commit: string, files: ReadonlySet<string>): readonly string[] {
  if (!files.has('.claude-plugin/marketplace.json')) return [];
  const catalog = catalogSchema.safeParse(
    JSON.parse(git(clone, 'show', `${commit}:.claude-plugin/marketplace.json`)),
  );
  const sources = catalog.success ? catalog.data.plugins.map((plugin) => plugin.source) : [];
  const folders = sources
    .filter((source) => typeof source === 'string')
    .map((source) => source.replace(/^\.\//, '').replace(/\/$/, ''));
  return [...new Set(folders)].filter((folder) => folder !== '' && folder !== '.').sort();
}

/** Writes the plugins of a commit into `plugins/`, each as a folder of its own. */
export async function checkOut(
  clone: string,
  commit: string,
  workspace: string,
  most: number,
): Promise<void> {
  const root = path.join(workspace, 'plugins');
  await rm(root, { recursive: true, force: true });
  const tree = await mkdtemp(path.join(tmpdir(), 'beaver-real-tree-'));
  const tar = path.join(tree, '..', `${path.basename(tree)}.tar`);
  const folders = pluginFolders(clone, commit).slice(0, most);
  git(clone, 'archive', '--format=tar', '-o', tar, commit, ...folders.filter((folder) => folder !== ''));
  execFileSync('tar', ['-xf', tar, '-C', tree]);
  await mkdir(root, { recursive: true });
  for (const folder of folders) {
    const name = (folder === '' ? 'root' : folder).replaceAll(/[^A-Za-z0-9_-]+/g, '-');
    execFileSync('cp', ['-r', path.join(tree, folder), path.join(root, name)]);
  }
  await rm(tree, { recursive: true, force: true });
  await rm(tar, { force: true });
}
