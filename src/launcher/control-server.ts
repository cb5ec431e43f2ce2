import * as fs from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type ControlMessage, controlMessageSchema } from '../core/harness/control-message.ts';

/** What a message is answered with; undefined for one that wants no answer. */
export type Answering = (
  message: ControlMessage,
  from: ControlPeer,
) => ControlMessage | undefined | Promise<ControlMessage | undefined>;

/** Characters of one message. */
const LONGEST_LINE = 256 * 1024;

/** Somebody at the other end of the socket: a hook, the command line, or the harness itself. */
export class ControlPeer {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(message: ControlMessage): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(message)}\n`);
  }
}

/** The socket of a session: one message a line each way. Only the person can reach it, by the folder that it lies in. */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: Answering;
  readonly #onGone: (peer: ControlPeer) => void;

  constructor(answer: Answering, onGone: (peer: ControlPeer) => void) {
    this.#answer = answer;
    this.#onGone = onGone;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  /** @throws the system's error where no socket can be made. */
  async listen(address: string): Promise<void> {
    fs.rmSync(address, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', () => undefined);
    fs.chmodSync(address, 0o600);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    const peer = new ControlPeer(socket);
    this.#sockets.add(socket);
    let length = 0;
    socket.on('data', (bytes: Buffer) => {
      length = bytes.includes(0x0a) ? 0 : length + bytes.byteLength;
      if (length > LONGEST_LINE) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#onGone(peer);
    });
    const lines = createInterface({ input: socket });
    // It passes on what the socket says of itself: a harness that is killed resets its connection.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const answer = this.#read(line, peer);
      if (answer instanceof Promise) {
        void answer
          .catch(() => refused('failed', 'The supervisor could not do that.'))
          .then((message) => {
            if (message !== undefined) peer.send(message);
          });
      } else if (answer !== undefined) peer.send(answer);
    });
  }

  #read(line: string, peer: ControlPeer): ReturnType<Answering> {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return refused('not_json', 'Each line is one message in JSON.');
    }
    const message = controlMessageSchema.safeParse(value);
    if (!message.success) return refused('unknown_message', 'This is no message of the harness contract.');
    return this.#answer(message.data, peer);
  }
}

export function refused(code: string, detail: string): ControlMessage {
  return { schema_version: 1, type: 'refused', code, detail };
}
