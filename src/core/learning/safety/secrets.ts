import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { sha256 } from '../../../base/digest.ts';
import type { SafetyInput } from './check-safety.ts';
import type { SafetyFinding } from './safety-report.ts';
import { type SafetyFile, ScannedFile } from './scanned-file.ts';

// The linter marks every rule on every text, keeps the marks for the life of the process and searches all of them at each: an editor would
// grow and slow down with every draft. Nobody reads them here.
Object.assign(secretLintProfiler, { mark: () => undefined });

/**
 * Keys, tokens and passwords that are written in a skill, as SAFE070 findings; `added` as in `checkSafety`. The values appear nowhere in
 * them. Apart from the other rules because it is asynchronous and brings its own patterns: import this module when it is needed.
 */
export async function checkSecrets(
  tree: SafetyInput,
  baseline?: SafetyInput,
): Promise<readonly SafetyFinding[]> {
  const secrets = await secretsOf(tree.files);
  // Mostly there are none, and then nothing is to be compared.
  const before = secrets.length === 0 ? [] : await secretsOf(baseline?.files ?? []);
  const known = new Set(before.map(({ key }) => key));
  return secrets.map(({ finding, key }) => ({ ...finding, added: !known.has(key) }));
}

export const SECRET_RULE = {
  id: 'SAFE070',
  reason: 'A key, token or password is written in the file.',
  fix: 'Revoke it, and read it from the environment or a store of secrets instead.',
} as const;

interface Secret {
  readonly finding: Omit<SafetyFinding, 'added'>;
  readonly key: string;
}

async function secretsOf(files: readonly SafetyFile[]): Promise<readonly Secret[]> {
  const secrets: Secret[] = [];
  const budget = { remaining: 0 };
  for (const entry of files) {
    const file = new ScannedFile(entry, budget);
    if (file.text === '') continue;
    const result = await lintSource({
      source: {
        content: file.text,
        filePath: file.path,
        ext: file.path.slice(file.path.lastIndexOf('.')),
        contentType: 'text',
      },
      options: { locale: 'en', maskSecrets: true, noPhysicFilePath: true, config: CONFIG },
    });
    for (const message of result.messages) secrets.push(secretAt(file, message));
  }
  return secrets;
}

/** Comments that switch rules off belong to the author of the text, who is whom we look at: all rules but the one for them. */
const CONFIG = {
  rules: rules
    .filter((rule) => rule.meta.id !== '@secretlint/secretlint-rule-filter-comments')
    .map((rule) => ({ id: rule.meta.id, rule })),
};

/** What documents write where a secret goes, and the password of a test database on one's own machine. */
const PLACEHOLDER =
  /@(?:localhost|127\.0\.0\.1)(?![\w.-])|<[\w -]{1,40}>|\$\{|\{\{|X{3}|x{4}|\.{3}|\*{3}|example|your[-_ ]/u;

function secretAt(
  file: ScannedFile,
  message: { readonly ruleId: string; readonly range: readonly [number, number] },
): Secret {
  const [from, to] = message.range;
  const start = file.positionOf(from);
  const end = file.positionOf(to);
  return {
    key: sha256(`${message.ruleId}\0${file.text.slice(from, to)}`),
    finding: {
      rule: SECRET_RULE.id,
      tier: PLACEHOLDER.test(file.text.slice(from, to)) ? 'info' : file.fixture ? 'warning' : 'critical',
      path: file.path,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      phrase: SECRET_RULE.id,
      params: {},
      reason: SECRET_RULE.reason,
      fix: SECRET_RULE.fix,
    },
  };
}
