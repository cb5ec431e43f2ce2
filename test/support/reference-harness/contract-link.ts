import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';

const requestSchema = z.looseObject({ type: z.string() });

/** A program that knows the harness contract itself: it says that it is well, and writes everything out when it is asked to. */
export class ContractLink {
  readonly #socket: Socket | undefined;

  constructor(
    address: string | undefined,
    flush: () => { readonly session_id: string; readonly transcript_bytes: number },
  ) {
    if (address === undefined) return;
    this.#socket = connect(address);
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
    createInterface({ input: this.#socket }).on('line', (line) => {
      if (z.parse(requestSchema, JSON.parse(line)).type === 'flush_request') {
        this.#send({ type: 'flushed', ...flush() });
      }
    });
  }

  health(sessionId: string, version: string): void {
    this.#send({ type: 'health', session_id: sessionId, version });
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    this.#socket?.write(`${JSON.stringify({ schema_version: 1, ...message })}\n`);
  }
}
