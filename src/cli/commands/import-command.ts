import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import process from 'node:process';
import type { ImportPayload } from '../../app/upkeep-payloads.ts';
import type { BeaverWorkspace } from '../../app/api.ts';
import { isBeaverError } from '../../base/errors.ts';
import { hasCode } from '../../base/system-errors.ts';
import {
  type ImportedPlugin,
  type ImportedRecords,
  readClaudeRecords,
  readSkillsLock,
} from '../../core/marketplaces/imported-records.ts';
import { sourceLabel } from '../../core/package-identity.ts';
import { pinText } from '../../core/package-pin.ts';
import type { FetchOptions, MarketplaceSource } from '../../core/package-ports.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import { fetching } from '../fetching.ts';
import { importText } from '../text/upkeep-text.ts';
import type { ImportWords } from '../upkeep-words.ts';

type Imported = ImportPayload['import']['plugins'][number];

/** `plugins import`: what another manager has installed. Its files are read and never written; nothing is done without `--apply`. */
export function importPlugins(options: ImportWords): Action {
  if ((options.claude === true) === (options.skillsLock === true))
    throw new UsageError('Say what to import: --claude or --skills-lock.', { field: 'claude' });
  return async (context) => {
    const records =
      options.claude === true ? await claudeRecords(context.directory) : await skillsLock(context.directory);
    const plugins =
      options.apply === true
        ? await fetching(context, (transfer) => apply(context, records, options.trust === true, transfer))
        : records.plugins.map((plugin): Imported => ({ ...shown(plugin), status: 'planned', error: null }));
    const payload: ImportPayload = {
      import: {
        marketplaces: [...records.marketplaces].map(([name, source]) => ({ name, source: labelOf(source) })),
        plugins,
        findings: [...records.findings],
      },
    };
    const failed = plugins.some(({ error }) => error !== null);
    return { payload, text: (style) => importText(style, payload), exit: failed ? EXIT.found : EXIT.done };
  };
}

async function apply(
  context: CommandContext,
  records: ImportedRecords,
  trust: boolean,
  transfer: FetchOptions,
): Promise<Imported[]> {
  const workspace = await context.workspace();
  const failures = new Map<string, string>();
  for (const [name, source] of records.marketplaces) {
    const request = { directory: context.directory, home: homedir(), name, trust };
    await settled(
      () => workspace.marketplaces.add(addressOf(source), request, transfer, context.wait),
      (error) => failures.set(name, error),
    );
  }
  const plugins: Imported[] = [];
  for (const plugin of records.plugins) {
    const failure = failures.get(plugin.marketplace ?? '');
    plugins.push(
      failure === undefined
        ? await install(workspace, plugin, context, transfer.signal)
        : { ...shown(plugin), status: 'failed', error: failure },
    );
  }
  return plugins;
}

async function install(
  workspace: BeaverWorkspace,
  plugin: ImportedPlugin,
  context: CommandContext,
  signal: AbortSignal | undefined,
): Promise<Imported> {
  const { name, marketplace, source, pin } = plugin;
  let result: Imported = { ...shown(plugin), status: 'failed', error: 'It has no source.' };
  const target =
    marketplace !== null
      ? ({ kind: 'listed', name, marketplace } as const)
      : source === null
        ? undefined
        : ({ kind: 'source', source } as const);
  if (target === undefined) return result;
  await settled(
    async () => {
      const request = { ...(pin === null ? {} : { pin }), ...(signal === undefined ? {} : { signal }) };
      const { install: done } = await workspace.installs.install(target, request, context.wait);
      const error =
        done.status === 'consent_required' ? 'It asks for your consent: install it by itself.' : null;
      result = { ...shown(plugin), status: done.status, error };
    },
    (error) => {
      result = { ...shown(plugin), status: 'failed', error };
    },
  );
  return result;
}

/** What fails for one is told in its place; that the person stopped, or that another writer has the lock, is the end of all. */
async function settled(body: () => Promise<unknown>, failed: (error: string) => void): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (
      !isBeaverError(error) ||
      ['fetch_cancelled', 'install_cancelled', 'plugin_write_busy'].includes(error.code)
    )
      throw error;
    failed(`${error.message} [${error.code}] ${error.nextStep}`);
  }
}

function shown({ name, marketplace, source, pin }: ImportedPlugin): Pick<Imported, 'wanted' | 'pin'> {
  const wanted =
    marketplace !== null ? `${name}@${marketplace}` : source === null ? name : sourceLabel(source);
  return { wanted, pin: pin === null ? null : pinText(pin) };
}

/** As a person would write it to add it. */
function addressOf(source: MarketplaceSource): string {
  switch (source.kind) {
    case 'git':
      return `${source.url}${source.ref === null ? '' : `#${source.ref}`}`;
    case 'npm':
      return `npm:${source.name}${source.range === null ? '' : `@${source.range}`}`;
    case 'url':
      return source.url;
    case 'local':
      return source.path;
  }
}

function labelOf(source: MarketplaceSource): string {
  return source.kind === 'url' ? source.url : sourceLabel(source);
}

async function claudeRecords(workspace: string): Promise<ImportedRecords> {
  const home = process.env['CLAUDE_CONFIG_DIR'] ?? path.join(homedir(), '.claude');
  const folder = process.env['CLAUDE_CODE_PLUGIN_CACHE_DIR'] ?? path.join(home, 'plugins');
  return readClaudeRecords({
    marketplaces: await textOf(path.join(folder, 'known_marketplaces.json')),
    plugins: await textOf(path.join(folder, 'installed_plugins.json')),
    workspace,
  });
}

async function skillsLock(workspace: string): Promise<ImportedRecords> {
  return readSkillsLock(
    (await textOf(path.join(workspace, 'skills-lock.json'))) ?? '{"version":1,"skills":{}}',
  );
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
