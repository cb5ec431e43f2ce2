import process from 'node:process';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  type JSONRPCMessage,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';

/** Bytes of one message: above it the connection ends. */
const LARGEST_MESSAGE = 8 * 1024 * 1024;

const cancelledSchema = z.object({ requestId: z.union([z.string(), z.number()]) });

/** The protocol on standard input and output, which knows when its client has gone and what it still has to be told. */
export class StdioConversation extends StdioServerTransport {
  readonly #open = new Set<RequestId>();
  readonly #settled: (() => void)[] = [];
  readonly #ended = Promise.withResolvers<undefined>();

  constructor() {
    super(process.stdin, process.stdout, { maxBufferSize: LARGEST_MESSAGE });
    // The protocol keeps what it finds here and calls it first.
    this.onmessage = (message) => {
      this.#note(message);
    };
    this.onclose = () => {
      this.#ended.resolve(undefined);
    };
    process.stdin.once('end', this.#ended.resolve).once('close', this.#ended.resolve);
  }

  /** Resolves when the client has closed its end, or has sent what cannot be a message. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves when every request has its answer. */
  async answered(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  override async send(message: JSONRPCMessage): Promise<void> {
    await super.send(message);
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) this.#close(message.id);
  }

  #note(message: JSONRPCMessage): void {
    if (isJSONRPCRequest(message)) this.#open.add(message.id);
    if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return;
    // Nobody waits for the answer any more, and none is sent.
    const cancelled = cancelledSchema.safeParse(message.params);
    if (cancelled.success) this.#close(cancelled.data.requestId);
  }

  #close(id: RequestId | undefined): void {
    if (id !== undefined) this.#open.delete(id);
    if (this.#open.size > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}
