import { sha256 } from '../../../base/digest.ts';
import type { PhraseParams } from '../../../base/phrase.ts';
import type { RuleMatch } from './safety-rule.ts';
import type { SafetyRuleId, Span } from './safety-report.ts';
import type { ScannedFile } from './scanned-file.ts';

/** A rule that compares two trees: whatever it finds is added, and a person has to agree to it anew. */
export interface ChangeRule {
  readonly id: SafetyRuleId;
  readonly tier: 'warning';
  readonly fix: string;
  /** The sentences of its findings, by code. */
  readonly reasons: Readonly<Record<string, string>>;
  find(files: readonly ScannedFile[], baseline: readonly ScannedFile[]): readonly ChangeMatch[];
}

export interface ChangeMatch extends RuleMatch {
  readonly file: ScannedFile;
  /** Code of the sentence, among the rule's `reasons`. */
  readonly phrase: string;
  readonly params: PhraseParams;
  readonly key: string;
}

export const CHANGE_RULES: readonly ChangeRule[] = [
  {
    id: 'SAFE060',
    tier: 'warning',
    fix: 'Read the file before you agree to it.',
    reasons: { SAFE060: 'The skill has a program or script that it did not have before.' },
    find: (files, baseline) => executables(files, baseline, 'new'),
  },
  {
    id: 'SAFE061',
    tier: 'warning',
    fix: 'Check whose host it is and what the skill wants from it.',
    reasons: { SAFE061: 'The skill names a network host that it did not name before: {host}.' },
    find: newHosts,
  },
  {
    id: 'SAFE062',
    tier: 'warning',
    fix: 'Check what the skill needs the tool for.',
    reasons: {
      SAFE062: 'The skill may use a tool that it could not use before: {tool}.',
      'SAFE062.every_tool': 'The skill no longer lists the tools it may use, so that it may use all of them.',
    },
    find: newTools,
  },
  {
    id: 'SAFE063',
    tier: 'warning',
    fix: 'Read what changed in the file before you agree to it.',
    reasons: {
      SAFE063:
        'A program or script of the skill changed: it can do something else now than what was agreed to.',
    },
    find: (files, baseline) => executables(files, baseline, 'changed'),
  },
  {
    id: 'SAFE064',
    tier: 'warning',
    fix: 'Read the command before you agree to it: nobody is asked when it runs.',
    reasons: {
      SAFE064: 'A command that runs by itself when the skill is loaded is new or has changed.',
      'SAFE064.hooks': 'The commands that the skill hooks into the agent are new or have changed.',
    },
    find: newSelfRunning,
  },
];

function executables(
  files: readonly ScannedFile[],
  baseline: readonly ScannedFile[],
  which: 'new' | 'changed',
): readonly ChangeMatch[] {
  const before = new Map(baseline.filter(runs).map((file) => [file.path, sha256(file.bytes)]));
  const known = new Set(before.values());
  return files.filter(runs).flatMap((file): readonly ChangeMatch[] => {
    const digest = sha256(file.bytes);
    // The same content under another name is not news.
    if (known.has(digest)) return [];
    const isNew = !before.has(file.path);
    if (isNew !== (which === 'new')) return [];
    return [{ file, phrase: isNew ? 'SAFE060' : 'SAFE063', params: {}, key: digest }];
  });
}

function runs(file: ScannedFile): boolean {
  return file.executable || file.kind === 'script' || file.kind === 'program';
}

function newHosts(files: readonly ScannedFile[], baseline: readonly ScannedFile[]): readonly ChangeMatch[] {
  const known = new Set(baseline.flatMap((file) => hostsOf(file).map(({ host }) => host)));
  const matches: ChangeMatch[] = [];
  for (const file of files) {
    for (const { host, span } of hostsOf(file)) {
      if (known.has(host)) continue;
      known.add(host);
      matches.push({ file, span, phrase: 'SAFE061', params: { host }, key: host });
    }
  }
  return matches;
}

/** Unbounded parts would be retried; no host name is longer than 253 characters. */
export const HOST =
  /\b(?:https?|wss?|ftps?|ssh|git):\/\/(?:[^\s/@"'`<>]{1,80}@)?([a-z\d](?:[a-z\d.-]{0,252}))/g;
/** Names reserved for examples and for this machine (RFC 2606, RFC 6761). */
const RESERVED =
  /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|local)$|^127\.|^0\.0\.0\.0$/u;

function hostsOf(file: ScannedFile): readonly { host: string; span: Span }[] {
  const hosts: { host: string; span: Span }[] = [];
  for (const match of file.lowerCode.matchAll(HOST)) {
    const host = (match[1] ?? '').replace(/[.-]{1,252}$/u, '');
    if (!host.includes('.') || RESERVED.test(host)) continue;
    hosts.push({ host, span: { start: match.index, end: match.index + match[0].length } });
  }
  return hosts;
}

function newTools(files: readonly ScannedFile[], baseline: readonly ScannedFile[]): readonly ChangeMatch[] {
  const before = baseline.filter(isSkillDocument).map((file) => file.header.tools);
  const known = new Set(before.flatMap((tools) => (tools ?? []).map(({ value }) => value)));
  return files.filter(isSkillDocument).flatMap((file): readonly ChangeMatch[] => {
    const { tools } = file.header;
    if (tools === undefined) {
      if (!before.some((list) => list !== undefined)) return [];
      return [{ file, phrase: 'SAFE062.every_tool', params: {}, key: 'every tool' }];
    }
    // Where no list was given, every tool was allowed already.
    if (before.length > 0 && before.every((list) => list === undefined)) return [];
    return tools
      .filter(({ value }) => !known.has(value))
      .map(({ value, start, end }) => ({
        file,
        span: { start, end },
        phrase: 'SAFE062',
        params: { tool: displayed(value) },
        key: value,
      }));
  });
}

/** Commands that the host runs when it loads the skill, without a turn of the agent in between. */
const INLINE_COMMAND = /(?:^|[\s(])!`([^`\n]{1,2000})`/gmu;
const COMMAND_FENCE = /^[ \t]{0,3}`{3,10}!([^`]{1,8000})`{3}/gmu;

function newSelfRunning(
  files: readonly ScannedFile[],
  baseline: readonly ScannedFile[],
): readonly ChangeMatch[] {
  const known = new Set(baseline.flatMap(selfRunning).map(({ key }) => key));
  return files.flatMap(selfRunning).filter(({ key }) => !known.has(key));
}

function selfRunning(file: ScannedFile): readonly ChangeMatch[] {
  if (!isSkillDocument(file)) return [];
  const inline = [INLINE_COMMAND, COMMAND_FENCE].flatMap((pattern) =>
    [...file.text.matchAll(pattern)].map((match) => ({
      file,
      span: { start: match.index, end: match.index + match[0].length },
      phrase: 'SAFE064',
      params: {},
      key: (match[1] ?? '').trim(),
    })),
  );
  const { hooks } = file.header;
  if (hooks === undefined) return inline;
  const span = { start: hooks.start, end: hooks.end };
  return [...inline, { file, span, phrase: 'SAFE064.hooks', params: {}, key: `hooks\0${hooks.value}` }];
}

function isSkillDocument(file: ScannedFile): boolean {
  return !file.inArchive && /^SKILL\.md$/iu.test(file.path);
}

/** A tool's name as one short line of plain characters. */
function displayed(tool: string): string {
  const plain = tool.replace(/[^\w:*(),.@/ -]/gu, '?');
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
