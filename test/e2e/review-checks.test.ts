import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { testRoot } from '../../scripts/host/paths.ts';
import { aGate } from '../support/gate-reports.ts';
import { ReviewDraft } from '../support/review-draft.ts';
import { bundleReview, launchBrowser, ReviewHarness, type ReviewBundle } from '../support/review-harness.ts';

const SIDES = { base: 'one\n', local: 'one\nours\n', upstream: 'one\n' };
const NOT_RUN = aGate('replay', 'not_run', {
  code: 'replay_not_run',
  reason: 'No replay was run on this content.',
});

describe('the checks in the review', () => {
  let browser: Browser;
  let bundle: ReviewBundle;
  let review: ReviewHarness;
  const pictures = path.join(testRoot, 'screenshots', 'review-checks');

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    bundle = await bundleReview();
    browser = await launchBrowser();
  });

  after(() => browser.close());

  afterEach(async () => {
    await review.close();
    assert.deepEqual(review.problems, [], 'the page complained');
  });

  it('show that they run, and stop when they are cancelled', async () => {
    const updates = new ReviewDraft({ documents: { 'SKILL.md': SIDES }, gates: [aGate('safety', 'passed')] });
    const { promise: never } = Promise.withResolvers<undefined>();
    updates.unlocked = never;
    review = await ReviewHarness.open(browser, bundle, { updates });
    const { page } = review;
    await page.getByRole('button', { name: 'Run Again' }).click();
    await page.locator('.gate-running', { hasText: 'Safety' }).waitFor();
    await page.screenshot({ path: path.join(pictures, 'running.png') });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.locator('.gate-passed', { hasText: 'Safety' }).waitFor();
    await page.getByRole('button', { name: 'Run Again' }).waitFor();
    assert.deepEqual(updates.writes, []);
  });

  for (const theme of ['dark', 'light', 'hc'] as const) {
    it(`run while the documents are on show already, one by one, in the ${theme} theme`, async () => {
      const updates = new ReviewDraft({
        documents: { 'SKILL.md': SIDES },
        gates: [aGate('safety', 'passed')],
      });
      const turns = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const waiting = turns.map(({ promise }) => promise);
      updates.gateTurn = async () => {
        await waiting.shift();
      };
      review = await ReviewHarness.open(browser, bundle, { updates, theme });
      const { page } = review;
      await page.locator('.pane .cm-line').first().waitFor();
      const approve = page.getByRole('button', { name: 'Approve' });
      await page.locator('.gate-running', { hasText: 'Conflicts' }).waitFor();
      assert.equal(await page.locator('.gate-running').count(), 5);
      assert.match((await approve.getAttribute('title')) ?? '', /still running/);
      turns[0]?.resolve(undefined);
      await page.locator('.gate-passed', { hasText: 'Conflicts' }).waitFor();
      await page.screenshot({ path: path.join(pictures, `opening-${theme}.png`) });
      assert.equal(await page.locator('.gate-running').count(), 4);
      turns[1]?.resolve(undefined);
      await page.locator('.gate-passed', { hasText: 'Safety' }).waitFor();
      await page.locator('.gate-running').first().waitFor({ state: 'detached' });
      assert.equal(await approve.isEnabled(), true);
    });
  }

  it('can be stopped while they run for the first time, and then have to be run', async () => {
    const updates = new ReviewDraft({ documents: { 'SKILL.md': SIDES }, gates: [aGate('safety', 'passed')] });
    updates.gateTurn = () => new Promise(() => undefined);
    review = await ReviewHarness.open(browser, bundle, { updates });
    const { page } = review;
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    const approve = page.getByRole('button', { name: 'Approve' });
    await page.locator('.gate-not_run', { hasText: 'Safety' }).waitFor();
    assert.match((await approve.getAttribute('title')) ?? '', /run them first/);
    await page.screenshot({ path: path.join(pictures, 'stopped.png') });
    await page.getByRole('button', { name: 'Run Again' }).click();
    await page.locator('.gate-passed', { hasText: 'Safety' }).waitFor();
    assert.equal(await approve.isEnabled(), true);
  });

  for (const theme of ['dark', 'light', 'hc'] as const) {
    it(`run the replay that is missing, tell how far it is and stop it, in the ${theme} theme`, async () => {
      const updates = new ReviewDraft({ documents: { 'SKILL.md': SIDES }, gates: [NOT_RUN] });
      const stopped = Promise.withResolvers<undefined>();
      review = await ReviewHarness.open(browser, bundle, {
        updates,
        theme,
        replay: async (signal, told) => {
          signal.addEventListener('abort', () => {
            stopped.resolve(undefined);
          });
          await told(3, 12);
          await stopped.promise;
        },
      });
      const { page } = review;
      const gate = page.locator('.gate', { hasText: 'Replay' });
      await page.screenshot({ path: path.join(pictures, `replay-missing-${theme}.png`) });
      await gate.getByRole('button', { name: 'Run Replay Evaluation' }).click();
      await gate.getByText('3 of 12 runs').waitFor();
      assert.equal(await gate.getByRole('progressbar', { name: 'Replay' }).getAttribute('value'), '3');
      await page.screenshot({ path: path.join(pictures, `replay-running-${theme}.png`) });
      await gate.getByRole('button', { name: 'Cancel' }).click();
      await stopped.promise;
      await gate.getByRole('button', { name: 'Run Replay Evaluation' }).waitFor();
    });
  }

  it('ask for the replay that the setting requires, once no conflict is open', async () => {
    const required = aGate('replay', 'failed', {
      code: 'replay_not_run',
      reason: 'No replay was run on this content.',
      findings: [
        {
          code: 'replay_required',
          phrase: 'replay_required',
          params: {},
          severity: 'error',
          message: 'The setting beaver.gates.replay asks for a replay before anything is published.',
          next_step: 'Run the replay, or change the setting.',
          path: 'replay',
          span: null,
          acknowledgement: 'none',
        },
      ],
    });
    const conflict = { base: 'one\n', local: 'ours\n', upstream: 'theirs\n' };
    const updates = new ReviewDraft({ documents: { 'SKILL.md': conflict }, gates: [required] });
    review = await ReviewHarness.open(browser, bundle, { updates });
    const { page } = review;
    const run = page.getByRole('button', { name: 'Run Replay Evaluation' });
    assert.equal(await run.isDisabled(), true);
    await page.getByRole('button', { name: 'Take Local', exact: true }).click();
    await page.locator('.gates button:enabled', { hasText: 'Run Replay Evaluation' }).waitFor();
    await page.screenshot({ path: path.join(pictures, 'required.png') });
  });

  it('offer no replay where there is nothing to replay', async () => {
    const none = aGate('replay', 'not_run', {
      code: 'replay_skill_without_evals',
      reason: 'The skill has no evals.',
    });
    const updates = new ReviewDraft({ documents: { 'SKILL.md': SIDES }, gates: [none] });
    review = await ReviewHarness.open(browser, bundle, { updates });
    await review.page.locator('.gate', { hasText: 'The skill has no evals.' }).waitFor();
    assert.equal(await review.page.getByRole('button', { name: 'Run Replay Evaluation' }).count(), 0);
  });
});
