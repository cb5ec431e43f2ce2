import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { testRoot } from '../../scripts/host/paths.ts';
import { ReviewDraft } from '../support/review-draft.ts';
import {
  bundleReview,
  launchBrowser,
  ReviewHarness,
  type HarnessOptions,
  type ReviewBundle,
  type ThemeName,
} from '../support/review-harness.ts';
import { largeSample, reviewSample } from '../support/review-sample.ts';

const THEMES: readonly ThemeName[] = ['dark', 'light', 'hc', 'hc-light'];

describe('the review page', () => {
  let browser: Browser;
  let bundle: ReviewBundle;
  let review: ReviewHarness;
  const pictures = path.join(testRoot, 'screenshots', 'review-page');

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    bundle = await bundleReview();
    browser = await launchBrowser();
  });

  after(async () => {
    await browser.close();
  });

  afterEach(async () => {
    const { problems } = review;
    await review.close();
    assert.deepEqual(problems, [], 'the page complained');
  });

  const open = async (options: Partial<HarnessOptions> = {}) => {
    const updates = new ReviewDraft(reviewSample);
    review = await ReviewHarness.open(browser, bundle, { updates, ...options });
    await settled(review.page);
    return { page: review.page, draft: updates };
  };

  for (const theme of THEMES) {
    it(`has names, roles and contrast in the ${theme} theme`, async () => {
      const { page } = await open({ theme });
      await page.locator('.frontmatter summary').click();
      await page.getByRole('button', { name: 'Reject…' }).click();
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Alt+2');
      await page.screenshot({ path: path.join(pictures, `${theme}.png`) });
    });
  }

  for (const theme of ['light', 'dark'] as const) {
    it(`shows the sides of a file that cannot be merged, and takes the chosen one, in the ${theme} theme`, async () => {
      const { page, draft } = await open({ theme });
      await page.getByText('scripts/collect.sh').first().click();
      await page.locator('.file-side-text', { hasText: 'echo new' }).waitFor();
      const sides = await page.locator('.file-side').allInnerTexts();
      assert.match(sides[0] ?? '', /echo old/);
      assert.match(sides[1] ?? '', /This side does not have the file\./);
      assert.match(sides[2] ?? '', /9 bytes, SHA-256 92d81e71bd3f/);
      assert.deepEqual(await violations(page), []);
      await page.getByRole('radio', { name: 'Take Upstream', exact: true }).click();
      await page.getByText('From upstream').first().waitFor();
      await page.screenshot({ path: path.join(pictures, `whole-file-${theme}.png`) });
      assert.deepEqual(draft.writes, ['resolve file']);
    });
  }

  it('keeps the three panes level, chunk by chunk, wherever they are scrolled', async () => {
    const { page } = await open({ updates: new ReviewDraft(largeSample(2000)) });
    for (const top of [0, 4000, 4300, 30_000, 61_000, 12_000]) {
      await page.locator('.panes').evaluate((element, to) => {
        element.scrollTop = to;
      }, top);
      await settled(page);
      const off = await unlevelLines(page);
      assert.ok(off.compared > 2, `nothing to compare at ${top}`);
      assert.deepEqual(off.lines, [], `at ${top}`);
    }
  });

  it('scrolls the result in step with the panes, to both ends', async () => {
    const { page } = await open({ updates: new ReviewDraft(largeSample(2000)) });
    const resultTop = () => page.locator('.result .cm-scroller').evaluate((element) => element.scrollTop);
    await page.locator('.panes').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await settled(page);
    const room = await page.locator('.result .cm-scroller').evaluate((e) => e.scrollHeight - e.clientHeight);
    assert.ok((await resultTop()) > room - 400);
    await page.locator('.panes').evaluate((element) => {
      element.scrollTop = 0;
    });
    await settled(page);
    assert.ok((await resultTop()) < 2);
  });

  it('is done by keyboard alone: settle, undo, edit, reject', async () => {
    const { page, draft } = await open();
    const spoken = page.locator('[role=status][aria-live=polite]');
    await page.keyboard.press('F7');
    assert.equal(await spoken.textContent(), 'Conflict 2 of 2');
    await page.keyboard.press('Shift+F7');
    await page.keyboard.press('Alt+3');
    assert.match((await spoken.textContent()) ?? '', /^Resolved, 1 left\. Conflict 2 of 2/);
    await page.keyboard.press('Alt+5');
    assert.match((await spoken.textContent()) ?? '', /No conflict is left/);
    await page.keyboard.press('Control+Z');
    await page.getByText('1 open').first().waitFor();
    await page.keyboard.press('Alt+Enter');
    await page.keyboard.type('Typed first. ');
    await page.keyboard.press('Escape');
    await page.locator('#chunk-bar:focus').waitFor();
    await page.locator('.choice[aria-pressed=true]', { hasText: 'Edit' }).waitFor();
    await page.waitForFunction(() => document.querySelector('.saving')?.textContent === '');
    assert.match(draft.document('SKILL.md').result, /^Typed first\. 3\. Write one line/m);
    await page.getByRole('button', { name: 'Reject…' }).press('Enter');
    await page.locator('#reject-reason:focus').waitFor();
    await page.keyboard.type('Not in this release.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('This update was rejected.').first().waitFor();
    assert.deepEqual(draft.writes.at(-1), 'reject');
  });

  it('reaches every control with Tab, in the order of the page, and shows where the focus is', async () => {
    const { page } = await open();
    const seen = await tabThrough(page, 80);
    for (const name of [
      'Next Conflict',
      'Reject…',
      'Approve and Publish',
      'Take Local',
      'Open Result in Editor',
    ]) {
      assert.ok(
        seen.some((label) => label.includes(name)),
        `Tab does not reach "${name}": ${seen.join(' | ')}`,
      );
    }
    assert.deepEqual(
      seen.filter((label) => label.startsWith('no outline')),
      [],
    );
  });

  it('comes back to where it was after a reload, with what was typed and not yet sent', async () => {
    const { page, draft } = await open();
    draft.resolve = () => new Promise(() => undefined);
    await page.keyboard.press('F7');
    await page.keyboard.press('Alt+Enter');
    await page.keyboard.type('Unsent words. ');
    await page.waitForFunction(() => (sessionStorage.getItem('state') ?? '').includes('Unsent words'));
    await review.reload();
    await page.locator('.result', { hasText: 'Unsent words.' }).waitFor();
    await page.locator('.counter-text', { hasText: 'Conflict 2 of 2' }).waitFor();
  });

  it('shows skill text as text: markup and scripts in it do nothing', async () => {
    const evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
    const { page } = await open({
      updates: new ReviewDraft({
        documents: {
          'SKILL.md': {
            base: `---\nname: ${evil}\n---\n${evil}\n`,
            local: `---\nname: ${evil}\n---\n${evil} local\n`,
            upstream: `---\nname: ${evil}\n---\n${evil} upstream\u202e\n`,
          },
        },
        provenance: { note: evil },
      }),
    });
    await page.locator('.frontmatter summary').click();
    assert.equal(await page.locator('img:not(.cm-widgetBuffer)').count(), 0);
    assert.equal(await page.title(), 'Review Skill Update');
    assert.ok((await page.locator('.pane .cm-specialChar').count()) > 0, 'a hidden character is not shown');
  });
});

/** Waits until heights have stopped changing: some frames without a change of the scroll height. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const panes = document.querySelector('.panes');
    let height = -1;
    for (let still = 0; still < 12;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      still = panes?.scrollHeight === height ? still + 1 : 0;
      height = panes?.scrollHeight ?? 0;
    }
  });
}

/** Lines on screen that all panes share (found by their number in the text) and that are not at the same height. */
function unlevelLines(page: Page): Promise<{ readonly compared: number; readonly lines: readonly string[] }> {
  return page.evaluate(() => {
    const box = document.querySelector('.panes')?.getBoundingClientRect();
    const tops = [...document.querySelectorAll('.pane')].map((pane) => {
      const lines = new Map<string, number>();
      for (const line of pane.querySelectorAll('.cm-line')) {
        const [name] = /^Line \d+:/.exec(line.textContent) ?? [];
        const { top } = line.getBoundingClientRect();
        if (name !== undefined && box !== undefined && top >= box.top && top <= box.bottom)
          lines.set(name, top);
      }
      return lines;
    });
    const [base, local, upstream] = tops;
    const lines: string[] = [];
    for (const [name, top] of local ?? []) {
      for (const other of [base?.get(name), upstream?.get(name)]) {
        if (other === undefined || Math.abs(other - top) > 1.5)
          lines.push(`${name} ${top} ${other ?? 'not on screen'}`);
      }
    }
    return { compared: local?.size ?? 0, lines };
  });
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const checker = (globalThis as unknown as { readonly axe: typeof axe }).axe;
    // The colour of line numbers is the theme's own, the same as in every editor.
    const context = { include: document, exclude: ['.cm-gutters'] };
    const { violations: list } = await checker.run(context, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    });
    return list.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`).join('; ')}`,
    );
  });
  return found;
}

/** The names of what Tab reaches, one after the other; `no outline` for one that does not show its focus. */
async function tabThrough(page: Page, steps: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let at = 0; at < steps; at++) {
    await page.keyboard.press('Tab');
    seen.push(
      await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return 'body';
        // An editor shows its focus on the pane around it.
        const shown = getComputedStyle(element.closest('.pane, .result') ?? element).outlineStyle !== 'none';
        return shown
          ? (element.getAttribute('aria-label') ?? element.textContent)
          : `no outline: ${element.outerHTML.slice(0, 80)}`;
      }),
    );
  }
  return seen;
}
