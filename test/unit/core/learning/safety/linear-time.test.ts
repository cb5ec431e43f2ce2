import assert from 'node:assert/strict';
import { checkSafety } from '../../../../../src/core/learning/safety/check-safety.ts';
import { HOST } from '../../../../../src/core/learning/safety/change-rules.ts';
import { COMMAND_RULES } from '../../../../../src/core/learning/safety/command-rules.ts';
import { COMMENT_CHAINS } from '../../../../../src/core/learning/safety/comment-rules.ts';
import { EGRESS_RULES } from '../../../../../src/core/learning/safety/egress-rules.ts';
import { BROAD_CHAINS } from '../../../../../src/core/learning/safety/header-rules.ts';
import { INSTRUCTION_RULES } from '../../../../../src/core/learning/safety/instruction-rules.ts';
import { skillFiles } from '../../../../support/skill-files.ts';

const CUES = [
  ...[...COMMAND_RULES, ...EGRESS_RULES, ...INSTRUCTION_RULES].flatMap((rule) => rule.chains),
  ...COMMENT_CHAINS,
  ...BROAD_CHAINS,
].flatMap((chain) => chain.cues);

/** The upper ends of the repetitions of an expression, classes and escapes taken out; Infinity for an unbounded one. */
function repetitions(source: string): readonly number[] {
  const bare = source.replace(/\\./gu, 'x').replace(/\[(?:[^\]])*\]/gu, 'x');
  return [...bare.matchAll(/\{(\d+)(,?)(\d*)\}|(?<!\()[*+]/gu)].map((match) =>
    match[1] === undefined || (match[2] === ',' && match[3] === '')
      ? Infinity
      : Number(match[3] === '' ? match[1] : match[3]),
  );
}

/** Texts that begin many patterns and end none, or that are all one thing. */
const SEEDS: Readonly<Record<string, string>> = {
  'one letter': 'a',
  spaces: ' ',
  'line breaks': '\n',
  'first cues': 'ignore ',
  'first and second cues': 'ignore all ',
  'all cues out of order': 'instructions all ignore ',
  'Chinese cues': '忽略之前',
  'opened comments': '<!-- ',
  'opened fences': '```\n',
  'opened brackets': '![[[(',
  'opened frontmatter': '---\n',
  downloads: 'curl | ',
  'credential paths': '~/.ssh/',
  'rm with flags': 'rm -r -f ',
  addresses: 'https://a.',
  'tag openings': '<div style="',
  base64: 'QUJD',
  'invisible characters': 'a\u200B',
  'variation selectors': '\uFE0F',
  'direction marks': 'a\u2066',
  'look-alikes': 'і',
  'list items': '- never\n',
  quotes: '"`\'',
};

function stepsOf(text: string): number {
  // The best of several runs: what the machine does beside it only ever adds.
  let best = Infinity;
  for (let run = 0; run < 3; run++) {
    const start = process.cpuUsage();
    checkSafety(skillFiles({ 'notes.md': text, 'a.sh': text }));
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return best;
}

describe('the time of the rules', () => {
  it('is bounded for each cue at each place: no repetition without an end, none of many kinds in a row', () => {
    assert.ok(CUES.length > 200);
    for (const cue of [...CUES, HOST]) {
      const ends = repetitions(cue.source);
      assert.ok(
        ends.every((end) => end <= 260),
        cue.source,
      );
      const wide = ends.filter((end) => end > 100);
      assert.ok(wide.length <= 1, cue.source);
    }
  });

  for (const [name, seed] of Object.entries(SEEDS)) {
    it(`grows with the length of a text of ${name}, not faster`, function () {
      this.timeout(60_000);
      const small = seed.repeat(Math.ceil(8_000 / seed.length));
      const large = small.repeat(8);
      stepsOf(small);
      const growth = stepsOf(large) / Math.max(stepsOf(small), 2_000);
      // Eight times the text; a quadratic rule would take 64 times as long.
      assert.ok(growth < 28, `8 times the text took ${growth.toFixed(1)} times as long`);
    });
  }
});
