import type { FindingSeverity } from '../../../base/errors.ts';
import type { PreflightCode } from './codes.ts';
import type { Draft } from './finding.ts';
import type { PluginSource } from './plugin-source.ts';

/** A place where a pattern of the safety rules was found. Lines and columns are one-based, the end is exclusive. */
export interface SafetyHit {
  /** Three digits. */
  readonly rule: string;
  readonly severity: FindingSeverity;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  readonly nextStep: string;
}

/**
 * The safety rules, which belong to another domain: whoever wires the domains hands them in. `root` is the absolute path of the plugin, to
 * which the paths of the files are relative.
 */
export type SafetyScan = (
  files: readonly { readonly path: string; readonly bytes: Uint8Array; readonly executable: boolean }[],
  root: string,
) => Promise<readonly SafetyHit[]>;

/** What the safety rules find in everything that the plugin would bring. */
export async function checkSafetyRules(
  source: PluginSource,
  root: string,
  scan: SafetyScan,
): Promise<readonly Draft[]> {
  const files = [...source.files.values()].flatMap(({ path, bytes, executable }) =>
    bytes === undefined ? [] : [{ path, bytes, executable: executable === true }],
  );
  return (await scan(files, root)).map((hit): Draft => {
    const code: PreflightCode = `PF-SAFE-${hit.rule}`;
    return {
      code,
      severity: hit.severity,
      file: hit.path,
      range: {
        start: { line: hit.line, column: hit.column },
        end: { line: hit.endLine, column: hit.endColumn },
      },
      message: hit.message,
      nextStep: hit.nextStep,
    };
  });
}
