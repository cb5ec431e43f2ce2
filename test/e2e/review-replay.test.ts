import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { testRoot } from '../../scripts/host/paths.ts';
import { aReplay } from '../support/fake-workspace.ts';
import { aGate } from '../support/gate-reports.ts';
import { ReviewDraft } from '../support/review-draft.ts';
import {
  bundleReview,
  launchBrowser,
  ReviewHarness,
  type ReviewBundle,
  type ThemeName,
} from '../support/review-harness.ts';
import { reviewSample } from '../support/review-sample.ts';

const arms = aReplay().arms;
const worse = aReplay({
  verdict: 'worse',
  base_version: 'v0003',
  arms:
    arms === null
      ? null
      : {
          ...arms,
          candidate: { ...arms.candidate, pass_rate: { mean: 0.416667, stddev: 0.2, min: 0, max: 0.5 } },
        },
  difference: {
    estimate: -0.416667,
    low: -0.63,
    high: -0.208333,
    confidence: 0.95,
    resamples: 4000,
    margin: 0.1,
  },
});

describe('the replay in the review', () => {
  let browser: Browser;
  let bundle: ReviewBundle;
  let review: ReviewHarness | undefined;
  const pictures = path.join(testRoot, 'screenshots', 'review-replay');

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    bundle = await bundleReview();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser.close();
  });

  afterEach(async () => {
    const { problems } = review ?? { problems: [] };
    await review?.close();
    assert.deepEqual(problems, [], 'the page complained');
  });

  for (const theme of ['dark', 'light', 'hc', 'hc-light'] satisfies readonly ThemeName[]) {
    it(`shows both arms, the difference and its interval, and that it blocks, in the ${theme} theme`, async () => {
      const updates = new ReviewDraft({
        ...reviewSample,
        gates: [
          aGate('replay', 'failed', {
            reason:
              'Tasks succeed less often than with the current version: -42 points (95 % interval -63 to -21), 12 runs.',
          }),
        ],
        replay: worse,
      });
      review = await ReviewHarness.open(browser, bundle, { updates, theme });
      const { page } = review;
      const replay = page.getByRole('region', { name: 'Replay' });
      await replay.waitFor();
      await replay.scrollIntoViewIfNeeded();
      const table = replay.getByRole('table');
      assert.deepEqual(
        await table
          .locator('tr')
          .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()))),
        [
          ['', 'Current v0003', 'Draft'],
          ['Checks passed', '83 ± 25 %', '42 ± 20 %'],
          ['Time per task', '4.1 s', '4.6 s'],
          ['Tokens per task', '2,100', '2,450'],
          ['Runs', '6', '6'],
        ],
      );
      assert.match(await replay.innerText(), /less often/);
      assert.match(await replay.innerText(), /−42 points, 95 % interval −63 to −21/);
      assert.equal(await page.locator('.gate-failed .gate-name', { hasText: 'Replay' }).count(), 1);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const checker = (globalThis as unknown as { readonly axe: typeof axe }).axe;
        const { violations } = await checker.run('.replay');
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      assert.deepEqual(found, []);
      await page.screenshot({ path: path.join(pictures, `${theme}.png`) });
    });
  }
});
