import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, ensureChromium } from '../../scripts/host/chromium.ts';
import { isBeaverError } from '../../src/base/errors.ts';
import { inEnglish, type Translate } from '../../src/editor/model/translate.ts';
import { reviewHtml } from '../../src/editor/review/review-html.ts';
import { ReviewSession, type ReviewUpdates } from '../../src/editor/review/review-session.ts';
import { reviewStrings } from '../../src/editor/review/review-strings.ts';
import { Rpc } from '../../src/protocol/rpc.ts';
import type { HostMethods, WebviewMethods } from '../../src/protocol/review-view.ts';

const root = path.resolve(import.meta.dirname, '../..');
const ORIGIN = 'https://review.test';

export type ThemeName = 'dark' | 'light' | 'hc' | 'hc-light';

interface Theme {
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface HarnessOptions {
  readonly updates: ReviewUpdates;
  /** Default `draft-1`. */
  readonly draftId?: string;
  readonly theme?: ThemeName;
  readonly translate?: Translate;
  readonly writable?: boolean;
  /** Pixels. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** What an earlier view left for itself. */
  readonly state?: unknown;
  /** In place of a replay; `told` says how far it is. */
  readonly replay?: (
    signal: AbortSignal,
    told: (finished: number, planned: number) => Promise<unknown>,
  ) => Promise<void>;
}

export interface ReviewBundle {
  readonly script: string;
  readonly style: string;
}

/** The webview as the build makes it, in memory. */
export async function bundleReview(): Promise<ReviewBundle> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['webview-ui/review/main.tsx'],
    outfile: 'review.js',
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const text = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

/** One browser for the reviews of a test file. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = ensureChromium((line) => {
    console.error(line);
  });
  return chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
}

/**
 * The review in a plain page: the real view, the real page with its content security policy, the real session; only the editor between
 * them is played. `problems` collects what the page complains about, violations of the policy included.
 */
export class ReviewHarness {
  readonly page: Page;
  readonly session: ReviewSession;
  readonly problems: string[] = [];
  readonly opened: string[] = [];
  readonly #rpc: Rpc<WebviewMethods, HostMethods>;

  static async open(browser: Browser, bundle: ReviewBundle, options: HarnessOptions): Promise<ReviewHarness> {
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 860 } });
    const harness = new ReviewHarness(page, options);
    await harness.#load(bundle, options);
    return harness;
  }

  private constructor(page: Page, options: HarnessOptions) {
    this.page = page;
    this.session = new ReviewSession(options.draftId ?? 'draft-1', {
      updates: options.updates,
      strings: reviewStrings(options.translate ?? inEnglish),
      translate: options.translate ?? inEnglish,
      locale: 'en',
      writable: () => options.writable ?? true,
      open: (draftId, file, where) => {
        this.opened.push(`${where} ${draftId} ${file}`);
        return Promise.resolve();
      },
      propose: () => Promise.resolve(),
      replay: (_draft, signal) =>
        options.replay?.(signal, (finished, planned) => this.#rpc.call('replayed', { finished, planned })) ??
        Promise.resolve(),
      gates: {
        ran: (step) => void this.#rpc.call('gate', step),
        checked: (step) => void this.#rpc.call('checked', step),
        failed: (error) => this.problems.push(String(error)),
      },
      wrote: () => undefined,
    });
    const listeners = new Set<(message: unknown) => void>();
    this.#receive = (message) => {
      for (const listener of listeners) listener(message);
    };
    this.#rpc = new Rpc<WebviewMethods, HostMethods>(
      {
        post: (message) => {
          page
            .evaluate((data) => {
              window.postMessage(data, '*');
            }, message)
            .catch(() => undefined);
        },
        listen: (listener) => {
          listeners.add(listener);
          return () => {
            listeners.delete(listener);
          };
        },
      },
      this.session.handlers,
      {
        describe: (error) => ({
          code: isBeaverError(error) ? error.code : 'unexpected',
          message: error instanceof Error ? error.message : String(error),
          nextStep: isBeaverError(error) ? error.nextStep : '',
        }),
      },
    );
  }

  readonly #receive: (message: unknown) => void;

  /** Something else wrote to the draft. */
  async changed(): Promise<void> {
    await this.#rpc.call('changed', null);
  }

  /** What the view has left for itself. */
  state(): Promise<unknown> {
    return this.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown);
  }

  /** The window is loaded again: what the view left is all that stays. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.toolbar').waitFor();
  }

  async close(): Promise<void> {
    this.#rpc.dispose();
    await this.page.close();
  }

  async #load(bundle: ReviewBundle, options: HarnessOptions): Promise<void> {
    const { page } = this;
    page.on('console', (message) => {
      // The editors warn when many lines are measured at once and go on in the next frame; that is no complaint of the page.
      if (message.type() === 'error') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    await page.exposeFunction('beaverHostReceive', this.#receive);
    await page.addInitScript(installEditor, {
      theme: readTheme(options.theme ?? 'dark'),
      state: options.state === undefined ? null : JSON.stringify(options.state),
    });
    const html = reviewHtml({
      script: `${ORIGIN}/review.js`,
      style: `${ORIGIN}/review.css`,
      source: ORIGIN,
      nonce: 'bm9uY2Ugb2YgdGhlIGhhcm5lc3M',
      language: 'en',
      title: 'Review',
    });
    const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
      '/': ['text/html', html],
      '/review.js': ['text/javascript', bundle.script],
      '/review.css': ['text/css', bundle.style],
    };
    await page.route(`${ORIGIN}/**`, async (route) => {
      const answer = answers[new URL(route.request().url()).pathname];
      if (answer === undefined) await route.fulfill({ status: 404, body: '' });
      else await route.fulfill({ contentType: `${answer[0]}; charset=utf-8`, body: answer[1] });
    });
    await page.goto(`${ORIGIN}/`);
    await page.locator('.toolbar').waitFor();
  }
}

function readTheme(name: ThemeName): Theme {
  const themes = JSON.parse(readFileSync(path.join(root, 'test/support/themes.json'), 'utf8')) as Readonly<
    Record<ThemeName, Theme>
  >;
  return themes[name];
}

/** Runs in the page before anything else: what VS Code puts around a webview. */
function installEditor({ theme, state }: { readonly theme: Theme; readonly state: string | null }): void {
  const target = globalThis as unknown as Record<string, unknown>;
  if (state !== null && sessionStorage.getItem('state') === null) sessionStorage.setItem('state', state);
  const receive = target['beaverHostReceive'] as (message: unknown) => Promise<void>;
  target['acquireVsCodeApi'] = () => ({
    postMessage: (message: unknown) => void receive(message),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
    setState: (value: unknown) => {
      sessionStorage.setItem('state', JSON.stringify(value));
    },
  });
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(theme.variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.className = theme.kind;
  });
}
