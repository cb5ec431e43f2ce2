import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';

const name = z.string();
/** What a test tells the model, and the program behind it, to do next. */
export const stepSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('text'), text: z.string() }),
  z.object({ do: z.literal('tool'), id: name, name }),
  z.object({ do: z.literal('tool_done'), id: name, failed: z.optional(z.boolean()) }),
  z.object({ do: z.literal('permission'), id: name, name }),
  z.object({ do: z.literal('question'), id: name, text: z.string() }),
  z.object({ do: z.literal('subagent'), id: name, name }),
  z.object({ do: z.literal('subagent_done'), id: name }),
  z.object({ do: z.literal('compact') }),
  z.object({ do: z.literal('compact_done') }),
  z.object({ do: z.literal('job'), id: name, name, durable: z.boolean() }),
  z.object({ do: z.literal('job_done'), id: name }),
  z.object({ do: z.literal('wakeup'), id: name, schedule: z.string() }),
  z.object({ do: z.literal('end') }),
  z.object({ do: z.literal('fail'), error: z.string() }),
  z.object({ do: z.literal('hold') }),
  z.object({ do: z.literal('release') }),
  z.object({ do: z.literal('flush') }),
  z.object({ do: z.literal('poison') }),
  z.object({ do: z.literal('exit'), code: z.number() }),
  z.object({ do: z.literal('kill'), signal: z.enum(['SIGKILL', 'SIGSEGV', 'SIGABRT']) }),
]);
export type Step = z.infer<typeof stepSchema>;

/** What the program tells a test. */
export type Happening = Readonly<Record<string, unknown>> & { readonly event: string };

/** The connection to the test that drives the program: a line of JSON each way. Without one, `send` does nothing. */
export class ScriptLink {
  readonly #socket: Socket | undefined;

  constructor(address: string | undefined, onStep: (step: Step) => void) {
    if (address === undefined) return;
    this.#socket = connect(address);
    this.#socket.on('error', () => undefined);
    createInterface({ input: this.#socket }).on('line', (line) => {
      onStep(z.parse(stepSchema, JSON.parse(line)));
    });
    this.#socket.unref();
  }

  get driven(): boolean {
    return this.#socket !== undefined;
  }

  send(happening: Happening): void {
    this.#socket?.write(`${JSON.stringify(happening)}\n`);
  }
}
