import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { openWorkbench, type Workbench } from '../test/e2e/workbench.ts';
import { median } from './commands.ts';
import { largeSkill, makeLargeSkills } from './large-skills.ts';

/** Milliseconds from the click on the row, each up to and with the one before. */
export interface Steps {
  /** VS Code has made a webview and begun to load its page: nothing of it is the review's own. */
  readonly page: number;
  /** The review's script runs. */
  readonly script: number;
  /** The host has answered with the draft and its texts. */
  readonly answer: number;
  /** The frame that shows text in all three panes. */
  readonly shown: number;
}

export interface Opening {
  /** In a window that has just started: the draft is made, the code of the review and its page are loaded. */
  readonly first: Steps;
  /** In the same window, after all editors were closed. */
  readonly second: Steps;
}

/** Medians of `rounds` windows for a skill of so many lines. */
export async function reviewOpening(lines: number, rounds: number): Promise<Opening> {
  const openings: Opening[] = [];
  for (let round = 0; round < rounds; round++) {
    const workspace = await mkdtemp(path.join(tmpdir(), 'beaver-bench-review-'));
    await makeLargeSkills(workspace, [lines]);
    const code = await openWorkbench({ workspace, name: `bench-review-${lines}` });
    try {
      await watch(code.page);
      await code.reload();
      await code.openContainer('Beaver');
      const first = await open(code, lines);
      await code.screenshot('first');
      await code.runCommand('View: Close All Editors');
      await code.tab('Review Skill Update').waitFor({ state: 'detached' });
      const second = await open(code, lines);
      await code.screenshot('second');
      openings.push({ first, second });
    } finally {
      await code.close();
      await rm(workspace, { recursive: true, force: true });
    }
  }
  return {
    first: medians(openings.map(({ first }) => first)),
    second: medians(openings.map(({ second }) => second)),
  };
}

function medians(steps: readonly Steps[]): Steps {
  return {
    page: median(steps.map(({ page }) => page)),
    script: median(steps.map(({ script }) => script)),
    answer: median(steps.map(({ answer }) => answer)),
    shown: median(steps.map(({ shown }) => shown)),
  };
}

/** Clicks the row, waits for the panes, and answers how long it was from the click to them. */
async function open(code: Workbench, lines: number): Promise<Steps> {
  const row = code.treeItem('Updates', largeSkill(lines));
  await row.waitFor();
  await row.click();
  const frame = await code.webviewFrame(`Review Skill Update: ${largeSkill(lines)}`);
  await frame.locator('.pane .cm-line').first().waitFor();
  const marks = await frame.waitForFunction(() => {
    const times = performance
      .getEntriesByType('mark')
      .map(({ name, startTime }) => [name, performance.timeOrigin + startTime] as const);
    return times.some(([name]) => name === 'beaver.review.shown')
      ? { page: performance.timeOrigin, ...Object.fromEntries(times) }
      : undefined;
  });
  const clicked = await code.page.evaluate(() => (globalThis as { beaverClicked?: number }).beaverClicked);
  const times: Readonly<Record<string, number>> = (await marks.jsonValue()) ?? {};
  const after = (mark: string): number => (times[mark] ?? Number.NaN) - Number(clicked);
  return {
    page: after('page'),
    script: after('beaver.review.loaded'),
    answer: after('beaver.review.answered'),
    shown: after('beaver.review.shown'),
  };
}

/** Remembers when a person last pressed the mouse in the workbench: wall time in milliseconds, which frames of one machine share. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    addEventListener(
      'mousedown',
      (event) => {
        const marks = globalThis as { beaverClicked?: number };
        marks.beaverClicked = performance.timeOrigin + event.timeStamp;
      },
      { capture: true },
    );
  });
}
