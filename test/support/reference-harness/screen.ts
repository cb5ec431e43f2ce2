/** Everything that the program asks of a terminal, and how to take it back. */
const ENTER = '\x1b[?1049h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[>1u';
const LEAVE = '\x1b[<u\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[?25h\x1b[?1049l';

export interface View {
  readonly version: string;
  readonly sessionId: string;
  readonly status: string;
  readonly lines: readonly string[];
  readonly question: string | undefined;
  readonly queued: readonly string[];
  readonly draft: string;
}

/** The alternate screen: a heading, the end of the conversation, what is going on, and the line that is typed into. */
export class Screen {
  #entered = false;

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.resume();
    process.stdout.write(ENTER);
  }

  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    process.stdout.write(LEAVE);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  draw(view: View): void {
    if (!this.#entered) return;
    const rows = process.stdout.rows > 0 ? process.stdout.rows : 24;
    const columns = process.stdout.columns > 0 ? process.stdout.columns : 80;
    const head = `reference ${view.version}  session ${view.sessionId}`;
    const foot = [
      `[${view.status}]`,
      ...view.queued.map((text) => `queued: ${text}`),
      ...(view.question === undefined ? [] : [`? ${view.question}`]),
      `> ${view.draft}`,
    ];
    const room = Math.max(0, rows - foot.length - 1);
    const body = view.lines.slice(-room);
    const all = [head, ...body, ...Array.from({ length: room - body.length }, () => ''), ...foot];
    const text = all.map((line) => `${line.slice(0, columns)}\x1b[K`).join('\r\n');
    process.stdout.write(`\x1b[?25l\x1b[H${text}\x1b[?25h`);
  }
}
