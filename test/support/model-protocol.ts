import type { IncomingMessage } from 'node:http';

/** What was asked, in whichever protocol. */
export interface ReceivedRequest {
  readonly path: string;
  /** As the client authenticated itself; undefined when it did not. */
  readonly key: string | undefined;
  readonly model: string;
  readonly maxTokens: number | undefined;
  readonly system: string;
  readonly prompt: string;
}

/** Why an answer ends: it is complete, it became too long, or the model refuses to go on. */
export type Finish = 'stop' | 'length' | 'refused';

/** How a service says the same: each text is whole events of the stream. */
export interface ModelProtocol {
  readonly name: string;
  /** The prefix of BEAVER_MODEL. */
  readonly prefix: string;
  /** Where it is asked. */
  readonly path: string;
  read(headers: IncomingMessage['headers'], body: unknown): Omit<ReceivedRequest, 'path'>;
  begin(): string;
  piece(text: string): string;
  end(finish: Finish): string;
  fault(message: string): string;
  /** The body of a refused request. */
  refusal(message: string): object;
}

/** What a server says of every answer: which model it is from, and how many tokens were used. */
export const ANSWERED_BY = 'local-1-q8';
export const USED = { input: 1200, output: 340 } as const;
