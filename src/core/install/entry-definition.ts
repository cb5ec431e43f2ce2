import * as path from 'node:path';
import { BeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import type { EntryDefinition } from '../package-ports.ts';
import { CLAUDE_MANIFEST } from '../plugins/manifest-claude.ts';
import { loadPlugin } from '../plugins/manifest-loader.ts';
import { PluginFolder } from '../plugins/plugin-folder.ts';
import type { FileSystem } from '../ports.ts';

/** Where hosts look for skills that no manifest names. */
const SCANNED = 'skills';
/** What makes a repository a marketplace is no part of a plugin that is all of it. */
const OF_THE_MARKETPLACE = ['.claude-plugin/marketplace.json', 'marketplace.json'];

/**
 * Makes a package that was just fetched what its marketplace says it is, where its own folder says nothing: the entry becomes its manifest.
 * Where the package is the whole marketplace, skills of other plugins leave. A package that has a manifest stays as it is. The folder is a
 * copy that nobody uses yet (invariant 1 is about what it was copied from).
 */
export async function applyDefinition(
  files: FileSystem,
  root: string,
  definition: EntryDefinition,
): Promise<void> {
  if (await hasManifest(files, root, definition.name)) return;
  if (definition.complete) {
    for (const file of OF_THE_MARKETPLACE) await files.remove(path.join(root, ...file.split('/')));
    for (const { name } of (await files.readDirectory(path.join(root, SCANNED))) ?? []) {
      const folder = `${SCANNED}/${name}`;
      const kept = definition.skills.some((skill) => skill === folder || skill.startsWith(`${folder}/`));
      if (!kept) await files.remove(path.join(root, SCANNED, name));
    }
  }
  const target = path.join(root, ...CLAUDE_MANIFEST.split('/'));
  await files.makeDirectory(path.dirname(target));
  await files.writeFile(target, Buffer.from(manifestOf(definition), 'utf8'));
}

/** One that is broken is one: what is off with it is said by whoever checks the package. */
async function hasManifest(files: FileSystem, root: string, name: string): Promise<boolean> {
  try {
    const manifest = await loadPlugin(new PluginFolder(files, root, name, files, name));
    return manifest !== undefined && manifest.dialect !== 'collection';
  } catch (error) {
    if (error instanceof BeaverError) return true;
    throw error;
  }
}

function manifestOf({ name, version, description, skills }: EntryDefinition): string {
  return canonicalJson({
    name,
    ...(version === null ? {} : { version }),
    ...(description === null ? {} : { description }),
    ...(skills.length === 0 ? {} : { skills: skills.map((skill) => `./${skill}`) }),
  });
}
