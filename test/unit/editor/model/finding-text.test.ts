import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { ERROR_CATALOGUE } from '../../../../src/editor/model/error-catalogue.ts';
import { MARKET_CATALOGUE } from '../../../../src/editor/model/market-catalogue.ts';
import { EVAL_CATALOGUE, FINDING_CATALOGUE } from '../../../../src/editor/model/finding-catalogue.ts';
import { codedMessage, findingText } from '../../../../src/editor/model/finding-text.ts';
import { HARNESS_CATALOGUE } from '../../../../src/editor/model/harness-catalogue.ts';
import { inEnglish, type Translate } from '../../../../src/editor/model/translate.ts';

const foreign: Translate = (message, ...args) => `«${inEnglish(message, ...args)}»`;
const finding = (code: string) => ({ code, message: 'The own words.', next_step: 'The own step.' });

describe('A finding in the language of the window', () => {
  it('keeps its own English, which names the place, in an English window', () => {
    assert.deepEqual(findingText(finding('frontmatter_unreadable'), inEnglish), {
      message: 'The own words.',
      nextStep: 'The own step.',
    });
    assert.equal(codedMessage('disk_full', 'The own words.', inEnglish), 'The own words.');
  });

  it('has the words of its code in another', () => {
    const { message, nextStep } = findingText(finding('frontmatter_unreadable'), foreign);
    assert.deepEqual(
      [message, nextStep],
      ['«The frontmatter is not valid YAML.»', '«Correct the frontmatter.»'],
    );
    assert.match(codedMessage('disk_full', 'The own words.', foreign), /^«/);
  });

  it('keeps the words of a code that it does not know', () => {
    assert.equal(findingText(finding('toString'), foreign).message, 'The own words.');
    assert.equal(codedMessage('newer', 'The own words.', foreign), 'The own words.');
  });
});

/** What the editor never shows, and why. A new code is in a catalogue or belongs to one of these. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'only the command line, its server and its settings raise it': [
    'src/cli/',
    'src/launcher/',
    'src/release/',
    'src/node/models/model-settings.ts',
  ],
  'only the doctor finds it, which the editor does not run': ['src/core/mirror/doctor'],
  'the preflight has a catalogue of its own': [
    'src/core/install/preflight/',
    'src/app/preflight',
    'src/editor/preflight/',
  ],
  'why a proposal is withheld is said by proposal-problem-text.ts': ['src/core/learning/synthesis/'],
  'the review says why it is not answered in its own strings': ['src/protocol/'],
  'it is answered to another extension, in the terms of the API': [
    'src/editor/extension-api.ts',
    'src/editor/api-proposal.ts',
  ],
  'notices of a harness are said by harness-words.ts': ['src/core/harness/notices.ts'],
  'the unpacking of a harness tells them as others': ['src/node/harness/unpacking-machine.ts'],
  'no view of the editor reaches it yet': [
    'src/core/git',
    'src/node/git',
    'src/core/policy/',
    'src/core/slo/',
  ],
};

/** Codes of files that the editor does reach, which it still cannot meet. */
const UNREACHED: Readonly<Record<string, string>> = {
  confirmation_missing: 'the editor confirms before it disables',
  file_unknown: 'proposals come from agents, who get it as an answer',
  not_text: 'proposals come from agents, who get it as an answer',
  proposal_unchanged: 'proposals come from agents, who get it as an answer',
  too_many_proposals: 'proposals come from agents, who get it as an answer',
  proposal_unknown: 'proposals are asked for by agents only',
  replay_runs_invalid: 'the editor does not let a person choose the number of runs',
  section_not_preserved: 'it is a finding of a gate, which gate-words.ts says',
  code: 'it is a kind of text in a merge',
  requested: 'it is the reason of a rollback that a person asked for',
  rolled_back: 'it is the reason of a rollback that a person asked for',
  locked: 'it says that what is installed is what is locked, and is no failure',
  custom: 'it is how a schema says that something is off',
  install_attempt_open: 'only the doctor finds it, which the editor does not run',
  dependency_missing: 'only the doctor finds it, which the editor does not run',
  import_unreadable: 'the editor imports no records of others',
  import_entry_passed_over: 'the editor imports no records of others',
  lock_missing: 'the editor does not install what is locked',
  lock_mismatch: 'the editor does not install what is locked',
  lock_incomplete: 'the editor does not install what is locked',
  lock_conflicted: 'the editor does not install what is locked',
  lock_content_differs: 'the editor does not verify the lock file',
  lock_source_differs: 'the editor does not verify the lock file',
  lock_pin_differs: 'the editor does not verify the lock file',
  lock_skill_differs: 'the editor does not verify the lock file',
  lock_not_installed: 'the editor does not verify the lock file',
  check_failed: 'it is a decision of auto-update, said with its own words',
  consent_required: 'it is a decision of auto-update, said with its own words',
  not_installed: 'it is a decision of auto-update, said with its own words',
  nothing_offered: 'it is a decision of auto-update, said with its own words',
  offers_ignored: 'it is a decision of auto-update, said with its own words',
  tag_moved: 'it is a decision of auto-update, said with its own words',
  version_republished: 'it is a decision of auto-update, said with its own words',
  name_mistakable: 'a harness is added in a shell',
  source_exists: 'a harness is added in a shell',
  usage: 'a harness is added in a shell',
  not_a_repository: 'only the command line looks at changes of a repository',
};

const RAISED = [
  /(?:BeaverError|rejected|refusal|treeError)\(\s*(?:[\w#.]+,\s*)?'([a-z]+(?:_[a-z]+)*)'/g,
  /\b(?:report|finding|managedName)\([^()]*?'([a-z]+(?:_[a-z]+)+)'/g,
  /\bcode: '([a-z]+(?:_[a-z]+)*)'/g,
];

function raised(): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, string[]>();
  const elsewhere = Object.values(ELSEWHERE).flat();
  const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'));
  for (const file of files.sort()) {
    if (elsewhere.some((start) => file.startsWith(start)) || file.endsWith('-catalogue.ts')) continue;
    const text = readFileSync(file, 'utf8');
    for (const [, code = ''] of RAISED.flatMap((pattern) => [...text.matchAll(pattern)]))
      codes.set(code, [...(codes.get(code) ?? []), file]);
  }
  return codes;
}

describe('The codes that a person can meet in the editor', () => {
  const known = {
    ...HARNESS_CATALOGUE,
    ...MARKET_CATALOGUE,
    ...ERROR_CATALOGUE,
    ...FINDING_CATALOGUE,
    ...EVAL_CATALOGUE,
  };
  const chinese = JSON.parse(readFileSync('l10n/bundle.l10n.zh-cn.json', 'utf8')) as Record<string, string>;

  it('all have words in every language, or a reason why nobody meets them', () => {
    const missing = [...raised()]
      .filter(([code]) => !Object.hasOwn(known, code) && !Object.hasOwn(UNREACHED, code))
      .map(([code, files]) => `${code} (${files.join(', ')})`);
    assert.deepEqual(missing, []);
  });

  for (const [code, { message, nextStep }] of Object.entries(known)) {
    it(`has ${code} in Chinese`, () => {
      for (const sentence of [message(inEnglish), nextStep(inEnglish)])
        assert.match(chinese[sentence] ?? '', /\p{Script=Han}/u, sentence);
    });
  }

  it('names nothing that is not raised any more', () => {
    const sources = globSync('src/**/*.ts')
      .filter((file) => !file.endsWith('-catalogue.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    for (const code of [...Object.keys(known), ...Object.keys(UNREACHED)])
      assert(sources.includes(`'${code}'`), code);
  });
});
