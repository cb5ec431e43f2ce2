import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from './host/paths.ts';

const fixtures = path.join(projectRoot, 'test', 'fixtures', 'sample');

export type Release = 'v1' | 'v2';

/** The plugins of the sample, each for the state in which it ends up. Their texts are in `test/fixtures/sample/`. */
export const SAMPLE = {
  inSync: 'release-notes',
  fastForward: 'sql-migrations',
  threeWay: 'code-review',
  paused: 'incident-drill',
  missing: 'api-design',
  broken: 'log-digest',
} as const;

/** The skill whose local edits contradict the new release of {@link SAMPLE.threeWay} in one place. */
export const EDITED_SKILL = 'code-review';

/** The files of a small project that uses the sample's plugins, before Beaver has seen it. */
export function writeProject(workspace: string): void {
  mkdirSync(workspace, { recursive: true });
  cpSync(path.join(fixtures, 'workspace'), workspace, { recursive: true });
  for (const plugin of Object.values(SAMPLE)) installPackage(workspace, plugin, 'v1');
}

/** Replaces a plugin's folder by another release of it, as a package manager does. A plugin without that release stays as it is. */
export function installPackage(workspace: string, plugin: string, release: Release): void {
  const source = path.join(fixtures, 'packages', plugin, release);
  if (!existsSync(source)) return;
  removePackage(workspace, plugin);
  cpSync(source, path.join(workspace, 'plugins', plugin), { recursive: true });
}

export function removePackage(workspace: string, plugin: string): void {
  rmSync(path.join(workspace, 'plugins', plugin), { recursive: true, force: true });
}

/** Writes what a developer changed in a skill into one of its runtime folders. */
export function editSkill(targetFolder: string, skill: string): void {
  const source = path.join(fixtures, 'edits', skill);
  for (const file of readdirSync(source)) cpSync(path.join(source, file), path.join(targetFolder, file));
}
