import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';

const settingsSchema = z.looseObject({
  hooks: z.optional(
    z.record(
      z.string(),
      z.array(
        z.looseObject({ hooks: z.array(z.looseObject({ type: z.literal('command'), command: z.string() })) }),
      ),
    ),
  ),
});

/** Milliseconds after which a hook that does not end is killed. */
const PATIENCE = 10_000;

/** The commands that are told what happens: JSON on their standard input, one after the other. */
export class Hooks {
  readonly #commands: Readonly<Record<string, readonly string[]>>;

  /** `settings`: JSON, or a file that holds it. */
  constructor(settings: string | undefined) {
    if (settings === undefined) {
      this.#commands = {};
      return;
    }
    const text = settings.trimStart().startsWith('{') ? settings : readFileSync(settings, 'utf8');
    const { hooks = {} } = z.parse(settingsSchema, JSON.parse(text));
    this.#commands = Object.fromEntries(
      Object.entries(hooks).map(([event, groups]) => [
        event,
        groups.flatMap((group) => group.hooks.map(({ command }) => command)),
      ]),
    );
  }

  /** True when one of them answered 2: what was about to happen should not. */
  async run(event: string, payload: Readonly<Record<string, unknown>>): Promise<boolean> {
    let blocked = false;
    for (const command of this.#commands[event] ?? []) {
      blocked = (await ran(command, JSON.stringify({ ...payload, hook_event_name: event }))) === 2 || blocked;
    }
    return blocked;
  }
}

function ran(command: string, input: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['pipe', 'ignore', 'ignore'] });
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.on('error', () => {
      resolve(null);
    });
    child.on('close', (code) => {
      clearTimeout(patience);
      resolve(code);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
