import process from 'node:process';
import * as vscode from 'vscode';
import { updatePolicy } from '../../core/harness/update-policy.ts';
import { logFailure } from '../log.ts';
import { type AutomaticSettings, dueForLook, policyChange } from '../model/harness-automatic.ts';
import { SETTINGS_SECTION } from '../settings.ts';
import type { EditorHost } from '../contribution.ts';
import type { HarnessSession } from '../model/harness-session.ts';
import type { OpenedHarness } from './open-harness.ts';

/** Milliseconds: the first look stays out of the way of a start, and several windows do not look at once. */
const FIRST_LOOK = 60_000;
const SPREAD = 60_000;
const LOOK_AGAIN = 30 * 60_000;

/** What of the view it works with. */
interface AutomaticPart {
  readonly host: EditorHost;
  readonly opened: OpenedHarness;
  readonly session: HarnessSession;
  refresh(): Promise<void>;
}

/**
 * What happens by itself in a window: releases are looked for and staged, which changes nothing that runs, and what the person set in the
 * editor is stored where the launcher reads it. One window at a time; another one sees what the first has noted.
 */
export class HarnessAutomatic implements vscode.Disposable {
  readonly #part: AutomaticPart;
  readonly #stop = new AbortController();
  readonly #subscription: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(part: AutomaticPart) {
    this.#part = part;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SETTINGS_SECTION}.harness`)) void this.#store();
    });
    void this.#store();
    this.#look(FIRST_LOOK + Math.random() * SPREAD);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#subscription.dispose();
  }

  #look(delay: number): void {
    this.#timer = setTimeout(() => {
      void this.#stage().then(() => {
        if (!this.#stop.signal.aborted) this.#look(LOOK_AGAIN);
      });
    }, delay);
    // Nothing waits for it.
    this.#timer.unref();
  }

  /** Never rejects: what went wrong is in the log and in the state of the harness. */
  async #stage(): Promise<void> {
    const { session, opened, host } = this.#part;
    if (!vscode.workspace.isTrusted) return;
    await this.#part.refresh();
    for (const { harness } of dueForLook(session.snapshot.entries, opened.deps.clock.now())) {
      try {
        const stored = await opened.choices.policy(harness);
        if (!updatePolicy(stored, process.env).autoUpdate) continue;
        const signal = this.#stop.signal;
        await opened.service.update(harness, { wait: { kind: 'never' }, signal, stageOnly: true });
      } catch (error) {
        logFailure(host.log, `update of ${harness} in the background`, error);
      }
    }
    await this.#part.refresh();
  }

  /** Never rejects. */
  async #store(): Promise<void> {
    const { session, opened, host } = this.#part;
    for (const { harness } of session.snapshot.entries) {
      try {
        const changes = policyChange(settings(), await opened.choices.policy(harness));
        if (changes !== undefined) await opened.choices.setPolicy(harness, changes, { kind: 'never' });
      } catch (error) {
        logFailure(host.log, `settings of ${harness}`, error);
      }
    }
  }
}

/** As the person set them for this machine: a default is no wish, and a workspace is not asked. */
function settings(): AutomaticSettings {
  const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const read = (name: string): boolean | undefined => {
    const value = configuration.inspect(name)?.globalValue;
    return typeof value === 'boolean' ? value : undefined;
  };
  return { autoUpdate: read('harness.autoUpdate'), autoRestart: read('harness.autoRestart') };
}
