import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import process from 'node:process';
import { getRequestListener } from '@hono/node-server';
import { BeaverError } from '../../base/errors.ts';
import { systemCode } from '../../base/system-errors.ts';
import { beaverHome } from '../../node/beaver-home.ts';
import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { createHttpApi } from '../http/http-api.ts';
import { newToken, TokenFile } from '../http/token-file.ts';
import type { ServeOptions } from '../serve-words.ts';
import { stopSignal } from '../stop-signal.ts';
import { servingText } from '../text/serving-text.ts';

const LOOPBACK = '127.0.0.1';
/** How long a request may take to arrive, and how long one under way is waited for at the end. Milliseconds. */
const REQUEST_TIMEOUT = 10_000;
const STOP_TIMEOUT = 10_000;

/** `beaver serve`: the HTTP API on loopback, until it is asked to end. */
export function serveHttp(options: ServeOptions): Action {
  return async (context) => {
    const token = newToken();
    const server = createServer({ headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT });
    const api = createHttpApi({
      workspace: () => context.workspace(),
      wait: context.wait,
      token,
      port: () => portOf(server),
    });
    const listener = getRequestListener(api.fetch);
    server.on('request', (request, response) => void listener(request, response));
    const stop = stopSignal();
    await listen(server, options.port);
    const port = portOf(server);
    let file: TokenFile | undefined;
    try {
      const named = options.tokenFile ?? path.join(beaverHome(process.env), 'serve', `${port}.token`);
      file = await TokenFile.write(path.resolve(context.directory, named), token);
      const payload = { serving: { url: `http://${LOOPBACK}:${port}`, token_file: file.path } };
      context.say({ payload, text: (style) => servingText(style, payload.serving) });
      await stop.asked;
    } finally {
      stop.dispose();
      await file?.remove();
      await close(server);
    }
    return { exit: EXIT.done };
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** @throws BeaverError `port_unavailable`. */
async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port, host: LOOPBACK, exclusive: true }, resolve);
    });
  } catch (cause) {
    const code = systemCode(cause);
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new BeaverError('port_unavailable', `The port ${port} cannot be used.`, {
      nextStep: 'Give another one with --port, or none to take any that is free.',
      field: 'port',
      cause,
    });
  }
}

/** Takes no more requests, waits for those under way, and cuts off what does not end. */
async function close(server: Server): Promise<void> {
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, STOP_TIMEOUT);
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  clearTimeout(cut);
}
