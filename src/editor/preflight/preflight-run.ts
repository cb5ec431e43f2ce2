import * as path from 'node:path';
import { preflightPaths, safetyScan } from '../../app/preflight.ts';
import { isBeaverError } from '../../base/errors.ts';
import { beaverHost } from '../../core/install/preflight/host-profile.ts';
import type { PreflightFinding } from '../../core/install/preflight/report.ts';
import { NodeFileSystem } from '../../node/node-files.ts';
import { findingsByFile } from '../model/preflight-view.ts';
import { OverlayFiles } from './overlay-files.ts';

export interface PreflightRun {
  /** Absolute: of the document. */
  readonly file: string;
  /** Absolute: of its workspace folder. */
  readonly base: string;
  /** Texts of open documents by absolute path, saved or not. */
  readonly texts: ReadonlyMap<string, string>;
  readonly versions: { readonly beaver: string; readonly vscode: string };
}

/**
 * The findings about the plugin that a document belongs to, by absolute paths of the files. The safety rules look at the open documents
 * only: over a whole plugin they would hold up every other extension. Empty for a document that belongs to no plugin.
 */
export async function preflightDocument(
  run: PreflightRun,
): Promise<ReadonlyMap<string, readonly PreflightFinding[]>> {
  const { beaver, vscode } = run.versions;
  try {
    const report = await preflightPaths(new OverlayFiles(new NodeFileSystem(), run.texts), {
      base: run.base,
      paths: [run.file],
      version: beaver,
      host: beaverHost(beaver, { vscode }),
      scan: (files, root) =>
        safetyScan(files.filter((file) => run.texts.has(path.join(root, ...file.path.split('/'))))),
    });
    return new Map(
      [...findingsByFile(report)].map(([file, findings]) => [
        path.join(run.base, ...file.split('/')),
        findings,
      ]),
    );
  } catch (error) {
    // Removed or never saved: there is nothing to say about it.
    if (isBeaverError(error, 'path_missing')) return new Map();
    throw error;
  }
}
