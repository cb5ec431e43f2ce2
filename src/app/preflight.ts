import * as path from 'node:path';
import { BeaverError } from '../base/errors.ts';
import type { Catalog } from '../core/install/preflight/dependencies.ts';
import { catalogOf, MARKETPLACE_FILES, readMarketplace } from '../core/install/preflight/marketplace-file.ts';
import { type PreflightOptions, runPreflight } from '../core/install/preflight/preflight.ts';
import type { PreflightReport } from '../core/install/preflight/report.ts';
import { findTargets, touchedTargets } from '../core/install/preflight/targets.ts';
import type { FileSystem } from '../core/ports.ts';
import { checkSafety, type SafetyInput } from '../core/learning/safety/check-safety.ts';
import type { SafetyFinding } from '../core/learning/safety/safety-report.ts';
import type { SafetyHit, SafetyScan } from '../core/install/preflight/safety-scan.ts';

/** The safety rules and the search for secrets, as the preflight takes them: `install` may not know `learning`, and is handed it here. */
export const safetyScan = async (files: Parameters<SafetyScan>[0]): Promise<readonly SafetyHit[]> => {
  const input: SafetyInput = { files };
  // Brings its own large set of patterns: loaded when something is checked.
  const { checkSecrets } = await import('../core/learning/safety/secrets.ts');
  return [...checkSafety(input).findings, ...(await checkSecrets(input))].map(hitOf);
};

function hitOf(finding: SafetyFinding): SafetyHit {
  return {
    rule: finding.rule.replace(/^SAFE/, ''),
    severity: finding.tier === 'critical' ? 'error' : finding.tier,
    // A file inside an archive is shown as the archive.
    path: finding.path.replace(/!\/.*$/, ''),
    ...(finding.path.includes('!/') ? START : placeOf(finding)),
    message: finding.reason,
    nextStep: finding.fix,
  };
}

const START = { line: 1, column: 1, endLine: 1, endColumn: 1 };

function placeOf(finding: SafetyFinding): Pick<SafetyHit, 'line' | 'column' | 'endLine' | 'endColumn'> {
  return {
    line: finding.line + 1,
    column: finding.column + 1,
    endLine: finding.endLine + 1,
    endColumn: finding.endColumn + 1,
  };
}

export interface PreflightRequest extends PreflightOptions {
  /** Absolute: manifests, plugins, marketplaces, or folders that hold them. */
  readonly paths: readonly string[];
  /** Absolute: only plugins that one of these files is part of. Undefined checks all. */
  readonly changed?: readonly string[];
}

/**
 * Checks the plugins at `paths`, all safety rules included unless `scan` is given: what the command line, the editor and the installation all call.
 * @throws BeaverError `path_missing` when nothing is at a path.
 */
export async function preflightPaths(files: FileSystem, request: PreflightRequest): Promise<PreflightReport> {
  const targets = await findTargets(files, request.paths);
  const [missing] = targets.missing;
  if (missing !== undefined) {
    throw new BeaverError('path_missing', `There is nothing at "${path.basename(missing)}".`, {
      nextStep: 'Name a manifest or a folder that exists.',
      field: 'path',
    });
  }
  const { changed } = request;
  const chosen = changed === undefined ? targets : touchedTargets(targets, changed);
  return runPreflight(files, chosen, { scan: safetyScan, ...request });
}

/**
 * The catalogs of marketplaces that are named by their folder or file.
 * @throws BeaverError `catalog_missing`.
 */
export async function readCatalogs(files: FileSystem, paths: readonly string[]): Promise<readonly Catalog[]> {
  return Promise.all(
    paths.map(async (given) => {
      const suffix = MARKETPLACE_FILES.map((file) => path.join(path.sep, ...file.split('/')))
        .sort((a, b) => b.length - a.length)
        .find((ending) => given.endsWith(ending));
      const market = await readMarketplace(
        files,
        suffix === undefined ? given : given.slice(0, -suffix.length),
      );
      if (market !== undefined) return catalogOf(files, market);
      throw new BeaverError('catalog_missing', `There is no marketplace at "${path.basename(given)}".`, {
        nextStep: 'Name a marketplace.json or the folder of a marketplace.',
        field: 'catalog',
      });
    }),
  );
}
