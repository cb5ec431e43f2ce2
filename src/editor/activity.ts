import * as vscode from 'vscode';
import type { StatusView } from './model/status-text.ts';

/** Milliseconds that the outcome of a command stays in the status bar. */
const OUTCOME_SHOWN = 6000;

/** What commands are doing, for the status bar and the views: waiting for another process, or done with this outcome. */
export class Activity {
  readonly #changed = new vscode.EventEmitter<void>();
  #waiting = 0;
  #outcome: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #news: StatusView | undefined;
  readonly onDidChange = this.#changed.event;

  get waiting(): boolean {
    return this.#waiting > 0;
  }

  get outcome(): string | undefined {
    return this.#outcome;
  }

  /** What goes on with the harnesses of this machine. */
  get news(): StatusView | undefined {
    return this.#news;
  }

  showNews(news: StatusView | undefined): void {
    if (JSON.stringify(news) === JSON.stringify(this.#news)) return;
    this.#news = news;
    this.#changed.fire();
  }

  /** Counts one command as waiting until the returned function is called. */
  startWaiting(): () => void {
    this.#waiting += 1;
    this.#changed.fire();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#waiting -= 1;
      this.#changed.fire();
    };
  }

  /** Shows for a moment what a command did. */
  showOutcome(text: string): void {
    clearTimeout(this.#timer);
    this.#outcome = text;
    this.#timer = setTimeout(() => {
      this.#outcome = undefined;
      this.#changed.fire();
    }, OUTCOME_SHOWN);
    this.#changed.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }
}
