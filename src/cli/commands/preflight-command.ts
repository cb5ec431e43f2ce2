import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as z from 'zod';
import { preflightPaths, readCatalogs } from '../../app/preflight.ts';
import { isBeaverError } from '../../base/errors.ts';
import { canonicalJson } from '../../base/json.ts';
import { toGithub } from '../../core/install/preflight/formats/github.ts';
import { toJunit } from '../../core/install/preflight/formats/junit.ts';
import { toMarkdown } from '../../core/install/preflight/formats/markdown.ts';
import { toSarif } from '../../core/install/preflight/formats/sarif.ts';
import { beaverHost } from '../../core/install/preflight/host-profile.ts';
import {
  preflightFindingSchema,
  type PreflightReport,
  preflightReportJsonSchema,
} from '../../core/install/preflight/report.ts';
import type { IgnoreRule } from '../../core/install/preflight/verdict.ts';
import { changedFiles } from '../../node/git-changes.ts';
import { NodeFileSystem } from '../../node/node-files.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import { pair, PREFLIGHT_FORMATS, type PreflightFormat, type PreflightWords } from '../preflight-words.ts';
import { PLAIN, type Style } from '../style.ts';
import { readTextArgument } from '../text-files.ts';
import { preflightText } from '../text/preflight-text.ts';
import { VERSION } from '../version.ts';

/** `preflight [PATH...]`. Opens no workspace. Exits with 1 when something blocks and with 2 when the words are off. */
export function runPreflightCommand(paths: readonly string[], words: PreflightWords): Action {
  if (words.schema === true) {
    const schema = preflightReportJsonSchema();
    return () => Promise.resolve({ payload: schema, text: () => jsonText(schema), exit: EXIT.done });
  }
  const ignore = (words.ignore ?? []).map(ignoreRule);
  const hosts = Object.fromEntries(
    (words.host ?? []).map((written) => pairOf(written, '--host', 'NAME=VERSION')),
  );
  const reports = (words.report ?? []).map(reportFile);
  return async (context) => {
    const files = new NodeFileSystem();
    const given = paths.length === 0 ? ['.'] : paths;
    const report = await preflightPaths(files, {
      base: context.directory,
      paths: given.map((one) => path.resolve(context.directory, one)),
      version: VERSION,
      host: beaverHost(VERSION, hosts),
      failOn: words.failOn,
      ignore,
      baseline: await baselineOf(context, words.baseline),
      catalogs: await readCatalogs(
        files,
        (words.catalog ?? []).map((one) => path.resolve(context.directory, one)),
      ).catch(asUsage),
      ...(words.changedSince === undefined
        ? {}
        : { changed: await changedSince(context, words.changedSince) }),
    }).catch(asUsage);
    for (const { format, file } of reports) {
      await writeFile(path.resolve(context.directory, file), rendered(report, format, PLAIN));
    }
    return {
      payload: report,
      text: (style) => rendered(report, words.format, style),
      exit: report.passed ? EXIT.done : EXIT.found,
    };
  };
}

function rendered(report: PreflightReport, format: PreflightFormat, style: Style): string {
  switch (format) {
    case 'text':
      return preflightText(style, report);
    case 'json':
      return canonicalJson(report);
    case 'sarif':
      return jsonText(toSarif(report));
    case 'junit':
      return toJunit(report);
    case 'github':
      return toGithub(report);
    case 'markdown':
      return toMarkdown(report);
  }
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function ignoreRule(written: string): IgnoreRule {
  const at = written.indexOf(':');
  const code = at === -1 ? written : written.slice(0, at);
  if (!/^PF-[A-Z0-9*-]+$/.test(code)) {
    throw new UsageError(`"${code.slice(0, 80)}" is no code of the preflight.`, {
      nextStep: 'Write a code such as PF-LINK-BROKEN, or PF-LINK-*.',
      field: '--ignore',
    });
  }
  return { code, glob: at === -1 ? undefined : written.slice(at + 1) };
}

function reportFile(written: string): { readonly format: PreflightFormat; readonly file: string } {
  const [name, file] = pairOf(written, '--report', 'FORMAT=FILE');
  const format = PREFLIGHT_FORMATS.find((one) => one === name);
  if (format !== undefined) return { format, file };
  throw new UsageError(`There is no format "${name.slice(0, 80)}".`, {
    nextStep: `Choose among ${PREFLIGHT_FORMATS.join(', ')}.`,
    field: '--report',
  });
}

function pairOf(written: string, option: string, shape: string): readonly [string, string] {
  const parts = pair(written, '=');
  if (parts !== undefined) return parts;
  throw new UsageError(`${option} takes ${shape}.`, { field: option });
}

const baselineSchema = z.looseObject({
  targets: z.array(z.looseObject({ findings: z.array(preflightFindingSchema.pick({ fingerprint: true })) })),
});

/** The fingerprints of an earlier report. */
async function baselineOf(context: CommandContext, file: string | undefined): Promise<ReadonlySet<string>> {
  if (file === undefined) return new Set();
  const text = await readTextArgument(context, file, 'baseline').catch(asUsage);
  try {
    const { targets } = baselineSchema.parse(JSON.parse(text));
    return new Set(targets.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint)));
  } catch {
    throw new UsageError('The baseline is not a report of the preflight.', {
      nextStep: 'Write one with --report json=FILE.',
      field: '--baseline',
    });
  }
}

async function changedSince(context: CommandContext, ref: string): Promise<readonly string[]> {
  return changedFiles(context.directory, ref).catch(asUsage);
}

const WORDS_ARE_OFF = new Set([
  'ref_unknown',
  'not_a_repository',
  'path_missing',
  'file_unreadable',
  'catalog_missing',
]);

/** What was named on the command line and is not there: the words are off, and nothing was checked. */
function asUsage(error: unknown): never {
  if (!isBeaverError(error) || !WORDS_ARE_OFF.has(error.code)) throw error;
  throw new UsageError(error.message, {
    code: error.code,
    nextStep: error.nextStep,
    ...(error.field === undefined ? {} : { field: error.field }),
  });
}
