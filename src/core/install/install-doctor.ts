import { BeaverError, type Finding, findingFromError } from '../../base/errors.ts';
import type { WorkspaceLayout } from '../layout.ts';
import type { FileSystem } from '../ports.ts';
import { attemptIds, readAttempt } from './attempt-journal.ts';
import { type InstalledPlugins, readInstalled } from './install-registry.ts';
import { abandonedStaging, assertPackage, unreferencedPackages } from './package-store.ts';

/** Codes of what taking the write lock and sweeping up ends. */
export const INSTALL_REPAIRS: ReadonlySet<string> = new Set([
  'install_attempt_open',
  'package_unreferenced',
  'install_staging_left',
]);

/**
 * Everything about installed plugins that can be read off the disk: the registry is readable, its packages are there and as they came, what
 * they need is installed, and nothing else is there. Changes nothing. By path, then code.
 * @param running attempts that this process is carrying out.
 */
export async function examineInstalls(
  files: FileSystem,
  layout: WorkspaceLayout,
  running: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const id of await attemptIds(files, layout)) {
    if (running.has(id)) continue;
    const unreadable = await problemOf(readAttempt(files, layout, id));
    if (unreadable !== undefined) {
      found.push({
        ...findingFromError(unreadable, layout.display(layout.installAttempt(id))),
        next_step: 'Look at what is installed; when it is as you want it, remove this file.',
      });
      continue;
    }
    found.push({
      code: 'install_attempt_open',
      severity: 'info',
      message: 'An installation is under way, or was interrupted.',
      next_step:
        'Nothing needs to be done: whatever writes next ends it unless it is still being carried out.',
      path: layout.display(layout.installAttempt(id)),
    });
  }
  const installed = await readable(files, layout, found);
  if (installed === undefined) return found;
  for (const [id, plugin] of installed) {
    for (const one of [plugin.active, ...plugin.previous]) {
      const problem = await problemOf(assertPackage(files, layout, id, one));
      if (problem !== undefined)
        found.push(findingFromError(problem, layout.display(layout.installPackage(id, one.directory))));
    }
    for (const dependency of plugin.dependencies) {
      if (installed.has(dependency.id)) continue;
      found.push({
        code: 'dependency_missing',
        severity: 'warning',
        message: `"${id}" needs "${dependency.id}", which is not installed.`,
        next_step: 'Install it, or uninstall what needs it.',
        path: layout.display(layout.installRegistry),
        field: `/plugins/${id}/dependencies`,
      });
    }
  }
  for (const folder of await unreferencedPackages(files, layout, installed))
    found.push(
      litter('package_unreferenced', 'A package that no installed plugin refers to.', layout.display(folder)),
    );
  for (const folder of await abandonedStaging(files, layout))
    found.push(
      litter('install_staging_left', 'What an installation left behind on its way.', layout.display(folder)),
    );
  return found.sort((a, b) => (`${a.path}\0${a.code}` < `${b.path}\0${b.code}` ? -1 : 1));
}

function litter(code: string, message: string, path: string): Finding {
  const nextStep = 'Run "beaver doctor --fix": it would remove it.';
  return { code, severity: 'info', message, next_step: nextStep, path };
}

async function readable(
  files: FileSystem,
  layout: WorkspaceLayout,
  found: Finding[],
): Promise<InstalledPlugins | undefined> {
  try {
    return await readInstalled(files, layout);
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    found.push(findingFromError(error, layout.display(layout.installRegistry)));
    return undefined;
  }
}

async function problemOf(checking: Promise<unknown>): Promise<BeaverError | undefined> {
  try {
    await checking;
    return undefined;
  } catch (error) {
    if (error instanceof BeaverError) return error;
    throw error;
  }
}
