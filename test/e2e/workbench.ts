import { mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Browser, chromium, errors, type Frame, type Locator, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, ensureChromium } from '../../scripts/host/chromium.ts';
import { testRoot } from '../../scripts/host/paths.ts';
import { ensureServer } from '../../scripts/host/server-install.ts';
import { startServer, type VsCodeServer } from '../../scripts/host/vscode-server.ts';

export interface WorkbenchOptions {
  /** Absolute path of the folder to open. */
  readonly workspace: string;
  /** Where the screenshots of this workbench go, below `.vscode-test/screenshots/`. */
  readonly name: string;
  /** Asks whether the folder is trusted; default: it is. */
  readonly askForTrust?: boolean;
  /** Over the machine settings of the test host. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Display language of the extension, such as `zh-cn`; VS Code's own texts stay English. */
  readonly locale?: string;
  /** Absolute paths of extensions that are loaded beside this one. */
  readonly extensions?: readonly string[];
  /** Pixels. Default 1440 × 900. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Milliseconds that a person would wait; a slow machine needs most of it only for the first workbench. */
const PATIENCE = 45_000;

/**
 * Starts a VS Code of its own (server, browser, empty profile) on a workspace and resolves when the workbench is there (about 5 s).
 * The caller closes it. @throws Error when the host is missing and cannot be fetched, with what to do.
 */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const say = (line: string): void => {
    console.error(line);
  };
  const executablePath = ensureChromium(say);
  const server = await startServer({
    installation: ensureServer(say),
    ...(options.askForTrust === undefined ? {} : { askForTrust: options.askForTrust }),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.extensions === undefined ? {} : { extensions: options.extensions }),
  });
  try {
    const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
    const viewport = options.viewport ?? { width: 1440, height: 900 };
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(PATIENCE);
    const workbench = new Workbench(page, browser, server, options.name);
    if (options.locale !== undefined) await speak(page, options.locale);
    await page.goto(server.url({ workspace: options.workspace }));
    await workbench.ready();
    return workbench;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * Makes VS Code report a display language, and extensions use their translations of it. Its own texts stay English: they would need a
 * language pack from the gallery.
 */
async function speak(page: Page, locale: string): Promise<void> {
  await page.addInitScript((language) => {
    Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: language });
  }, locale);
}

/** A person's hands and eyes in a VS Code: everything is found by what it says, not by how it is built, where VS Code's markup allows. */
export class Workbench {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: VsCodeServer;
  readonly #screenshots: string;
  #shots = 0;

  constructor(page: Page, browser: Browser, server: VsCodeServer, name: string) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    this.#screenshots = path.join(testRoot, 'screenshots', name);
    mkdirSync(this.#screenshots, { recursive: true });
  }

  /** Resolves when the workbench takes input: after opening and after a reload. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.activitybar').waitFor();
    await this.page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Reloads the window as a person does, with VS Code's own command: it stores its state first, which a browser's reload may be too quick for. */
  async reloadWindow(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Keeps a picture as `NN-<step>.png` and returns its path. */
  async screenshot(step: string): Promise<string> {
    this.#shots += 1;
    const file = path.join(this.#screenshots, `${String(this.#shots).padStart(2, '0')}-${step}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** The icon of a view container in the activity bar. */
  activity(title: string): Locator {
    return this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`.action-label[aria-label^="${title}"]`),
    });
  }

  /**
   * Shows a view container, whether or not it is shown already. A click hides a container that is on screen, and after a reload VS Code
   * brings the last one back at a moment of its own: hence it is looked at again until it stays.
   */
  async openContainer(title: string): Promise<void> {
    const icon = this.activity(title);
    const shown = this.page.locator('.part.sidebar .composite.title', { hasText: title });
    const deadline = Date.now() + PATIENCE;
    await icon.waitFor();
    while (!(await appears(shown, 1000))) {
      if (Date.now() > deadline) throw new Error(`The view container "${title}" does not open.`);
      if ((await icon.getAttribute('aria-expanded')) !== 'true') await icon.click();
    }
  }

  /** A view of the container on screen, by its title. */
  view(title: string): Locator {
    return this.page.locator('.part.sidebar .split-view-view .pane', {
      has: this.page.locator(
        `.pane-header[aria-label="${title} Section"], .pane-header[aria-label="${title}"]`,
      ),
    });
  }

  /** Opens a file of the workspace in an editor. */
  async openFile(name: string): Promise<void> {
    await this.#ask('Control+P', name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().click();
    await this.tab(path.basename(name)).waitFor();
  }

  /** The rows of a tree view on screen whose text contains `label`. */
  treeItem(view: string, label: string | RegExp): Locator {
    return this.view(view).locator('.monaco-list-row', { hasText: label });
  }

  /** Every row of a tree view on screen as a screen reader reads it, top down. Waits for the first. */
  async treeRows(view: string): Promise<readonly string[]> {
    const rows = this.view(view).locator('.monaco-list-row');
    await rows.first().waitFor();
    const labels = await rows.evaluateAll((elements) =>
      elements.map((element) => ({
        top: element.getBoundingClientRect().top,
        label: element.getAttribute('aria-label') ?? element.textContent,
      })),
    );
    return labels.sort((a, b) => a.top - b.top).map(({ label }) => label);
  }

  /** Moves the focus of a tree view that has it, with the arrow keys, down to the row whose text contains `label`. */
  async focusTreeRow(view: string, label: string): Promise<void> {
    const focused = this.view(view).locator('.monaco-list:focus .monaco-list-row.focused', {
      hasText: label,
    });
    const rows = await this.treeRows(view);
    for (let step = 0; step <= rows.length; step += 1) {
      await this.page.keyboard.press('ArrowDown');
      if (await appears(focused, 500)) return;
    }
    throw new Error(`The arrow keys do not reach "${label}" in ${view}.`);
  }

  /** Presses an inline action of a tree row, which shows while the pointer is on the row: rows may move under it, so it is put there again. */
  async pressRowAction(row: Locator, action: string): Promise<void> {
    const button = row.getByRole('button', { name: action });
    const deadline = Date.now() + PATIENCE;
    do {
      if (Date.now() > deadline) throw new Error(`The row has no action "${action}".`);
      await row.hover();
    } while (!(await appears(button, 1000)));
    await button.click();
  }

  /** Opens the context menu of a tree item and chooses an entry. */
  async chooseFromMenu(item: Locator, entry: string): Promise<void> {
    await item.click({ button: 'right' });
    const choice = this.page.locator('.context-view .action-menu-item', { hasText: entry }).first();
    await choice.click();
    // A menu that has only just opened takes no click, so that the one that opened it chooses nothing.
    while (await stays(choice, 500)) await choice.click();
  }

  /**
   * Runs a command as a person does: palette, title, click. `title` is the whole entry, such as `Beaver: Sync Plugins`. A palette that
   * was filled before an extension had brought its commands never shows them: it is closed and asked again.
   */
  async runCommand(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      await this.#ask('F1', `>${title}`);
      if (await appears(row, 5000)) break;
      if (Date.now() > deadline) throw new Error(`The palette does not offer "${title}".`);
      await this.#closeQuickInput();
    }
    await row.click();
  }

  /** Whether the palette offers a command. Leaves the palette closed. */
  async offersCommand(title: string): Promise<boolean> {
    await this.#ask('F1', `>${title}`);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    const labels = await rows.locator('.label-name').allTextContents();
    await this.#closeQuickInput();
    return labels.some((label) => label.trim() === title);
  }

  /** Goes from a row of the Problems view to its place and asks for the quick fix of that title. An editor that has no focus yet hears no key. */
  async quickFix(problem: Locator, title: string): Promise<Locator> {
    const fix = this.page.locator('.action-widget .monaco-list-row', { hasText: title });
    const deadline = Date.now() + PATIENCE;
    do {
      if (Date.now() > deadline) throw new Error(`There is no quick fix "${title}".`);
      await this.page.keyboard.press('Escape');
      await problem.dblclick();
      if (await appears(this.page.locator('.part.editor .monaco-editor.focused'), 2000))
        await this.page.keyboard.press('Control+.');
    } while (!(await appears(fix, 2000)));
    return fix;
  }

  /** Answers the input box or quick pick on screen with text and Enter. */
  async answer(text: string): Promise<void> {
    await this.#quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Puts the cursor of the editor on screen at a line and column, both from 1. */
  async goToPosition(line: number, column: number): Promise<void> {
    await this.#ask('Control+G', `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** Chooses a colour theme by its name, from the list that VS Code offers. */
  async chooseColorTheme(name: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.#quickInput.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
    await this.page.keyboard.press('Enter');
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** Closes an editor that VS Code shows over all others, such as that of the trust. */
  async closeModalEditor(): Promise<void> {
    const modal = this.page.locator('.monaco-modal-editor-block');
    await modal.locator('.modal-editor-action-container .codicon-close').click();
    await modal.waitFor({ state: 'detached' });
  }

  statusBar(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast, .notifications-center .notification-list-item', {
      hasText: text,
    });
  }

  /**
   * The notification with this text, on screen in the notification center: the test host shows no toasts. A center that was opened while it
   * was empty may stay so, and is opened anew.
   */
  async openNotification(text: string | RegExp): Promise<Locator> {
    const center = this.page.locator('.notifications-center.visible');
    const item = center.locator('.notification-list-item', { hasText: text }).first();
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      if (!(await center.isVisible())) await this.runCommand('Notifications: Show Notifications');
      if (await appears(item, 2000)) return item;
      if (Date.now() > deadline) throw new Error(`There is no notification "${text.toString()}".`);
      if (await center.isVisible()) await this.runCommand('Notifications: Hide Notifications');
    }
  }

  /** A modal dialog, for its text and its buttons. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box', { hasText: text });
  }

  async pressDialogButton(label: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: label }).first().click();
  }

  /** The tab of an open editor. */
  tab(title: string): Locator {
    return this.page.locator('.part.editor .tab', { hasText: title });
  }

  /**
   * The document inside the webview whose panel or view has this title. VS Code nests it two frames deep, and replaces the inner
   * one while it loads. @throws Error when there is none within {@link PATIENCE}.
   */
  async webviewFrame(title: string | RegExp): Promise<Frame> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (await isDocumentOf(frame, title)) return frame;
      }
      if (Date.now() > deadline) throw new Error(`No webview with the title "${title.toString()}" appeared.`);
      await this.page.waitForTimeout(50);
    }
  }

  /** The end of what VS Code's server printed, for a failure's report. */
  serverLog(): string {
    return readFileSync(this.#server.logFile, 'utf8').split('\n').slice(-60).join('\n');
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  /** Opens a quick input by its key and types into it. A key that comes while VS Code still starts is lost: it is pressed again. */
  async #ask(key: string, text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    do {
      if (Date.now() > deadline) throw new Error(`The key ${key} opens nothing.`);
      await this.page.keyboard.press(key);
    } while (!(await appears(this.#quickInput, 3000)));
    await this.#quickInput.fill(text);
  }

  /** A key that comes while something else takes the focus is lost: it is pressed again. */
  async #closeQuickInput(): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    do {
      if (Date.now() > deadline) throw new Error('The palette does not close.');
      await this.#quickInput.press('Escape', { timeout: 1000 }).catch((error: unknown) => {
        if (!(error instanceof errors.TimeoutError)) throw error;
      });
    } while (!(await disappears(this.#quickInput, 1000)));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
  }
}

/** Whether it leaves the screen within `timeout` milliseconds. */
async function disappears(locator: Locator, timeout: number): Promise<boolean> {
  try {
    await locator.waitFor({ state: 'hidden', timeout });
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/** Whether it is on screen within `timeout` milliseconds. */
async function appears(locator: Locator, timeout: number): Promise<boolean> {
  try {
    await locator.waitFor({ timeout });
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/** Whether it is still on screen after `timeout` milliseconds. */
async function stays(locator: Locator, timeout: number): Promise<boolean> {
  try {
    await locator.waitFor({ state: 'hidden', timeout });
    return false;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return true;
    throw error;
  }
}

async function isDocumentOf(frame: Frame, title: string | RegExp): Promise<boolean> {
  if (frame.parentFrame()?.parentFrame() == null || frame.isDetached()) return false;
  try {
    const element = await frame.frameElement();
    if ((await element.getAttribute('id')) !== 'active-frame') return false;
    const shown = (await element.getAttribute('title')) ?? '';
    return typeof title === 'string' ? shown === title : title.test(shown);
  } catch {
    // The frame was replaced while it was looked at.
    return false;
  }
}
