import { signal } from '@preact/signals';

/** What a screen reader is told. */
export class Announcer {
  readonly text = signal('');

  say(text: string): void {
    // A no-break space makes the same words news again.
    this.text.value = this.text.peek() === text ? `${text}\u00a0` : text;
  }
}
