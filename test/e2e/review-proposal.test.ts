import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import * as z from 'zod';
import { testRoot } from '../../scripts/host/paths.ts';
import { inEnglish, type Translate } from '../../src/editor/model/translate.ts';
import { aMergeProposal } from '../support/fake-workspace.ts';
import { ReviewDraft } from '../support/review-draft.ts';
import {
  bundleReview,
  launchBrowser,
  ReviewHarness,
  type ReviewBundle,
  type ThemeName,
} from '../support/review-harness.ts';

const SIDES = {
  base: '# Notes\n\nWrite in the past tense.\n\nKeep it short.\n\nEnd.\n',
  local: '# Notes\n\nWrite in the present tense.\n\nKeep it short, in our words.\n\nEnd.\n',
  upstream: '# Notes\n\nWrite in the imperative.\n\nKeep it to one line.\n\nEnd.\n',
};
const chinese = z
  .record(z.string(), z.string())
  .parse(
    JSON.parse(
      readFileSync(new URL('../../l10n/bundle.l10n.zh-cn.json', import.meta.url), 'utf8'),
    ) as unknown,
  );
const inChinese: Translate = (message, ...args) => inEnglish(chinese[message] ?? message, ...args);

/** One conflict with a proposal, the other with one that is withheld. */
describe('what a model proposed, in the review', () => {
  let browser: Browser;
  let bundle: ReviewBundle;
  const pictures = path.join(testRoot, 'screenshots', 'review-proposal');

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    bundle = await bundleReview();
    browser = await launchBrowser();
  });

  after(() => browser.close());

  const cases: readonly (readonly [name: string, theme: ThemeName, translate: Translate])[] = [
    ['dark', 'dark', inEnglish],
    ['light', 'light', inEnglish],
    ['chinese', 'dark', inChinese],
  ];
  for (const [name, theme, translate] of cases) {
    it(`is read before it is taken, and says why another is withheld (${name})`, async () => {
      const updates = new ReviewDraft({ documents: { 'SKILL.md': SIDES } });
      const [first, second] = updates.document('SKILL.md').merge.conflicts;
      assert(first !== undefined && second !== undefined);
      updates.proposal = aMergeProposal({
        conflicts: [
          { id: first.id, text: 'Write in the imperative, present tense.\n', problem: null },
          {
            id: second.id,
            text: null,
            problem: { code: 'proposal_new_text', message: 'It says what neither side says.' },
          },
        ],
      });
      const review = await ReviewHarness.open(browser, bundle, { updates, theme, translate });
      const { page } = review;
      await page.locator('.proposal-text', { hasText: 'imperative, present tense' }).waitFor();
      await page.screenshot({ path: path.join(pictures, `${name}-offered.png`) });
      await page.keyboard.press('Alt+6');
      await page.locator('.proposal-withheld').waitFor();
      await page.screenshot({ path: path.join(pictures, `${name}-withheld.png`) });
      assert.equal(updates.document('SKILL.md').resolutions[first.id]?.take, 'proposal');
      await review.close();
      assert.deepEqual(review.problems, [], 'the page complained');
    });
  }
});
