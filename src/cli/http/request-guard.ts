import { createHash, timingSafeEqual } from 'node:crypto';
import { RequestError } from './http-failure.ts';

/** The part of a request that says who sent it. */
export interface RequestHead {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
}

/**
 * Lets through what holds the token and came to this very address. A page in a browser reaches loopback too, by a name of its own
 * (DNS rebinding) or across origins: the first has another Host, the second an Origin, and both are refused before the token is looked at.
 * @throws RequestError `host_not_allowed`, `origin_not_allowed`, `token_missing`, `token_wrong`.
 */
export function guardRequest(head: RequestHead, port: number, token: string): void {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (head.host === undefined || !hosts.includes(head.host.toLowerCase())) {
    throw new RequestError(
      403,
      'host_not_allowed',
      'The request was sent to another host.',
      'Use the URL that was printed.',
    );
  }
  if (head.origin !== undefined && !hosts.some((host) => head.origin === `http://${host}`)) {
    throw new RequestError(
      403,
      'origin_not_allowed',
      'Pages of other origins may not use this server.',
      'Call it from a program, without an Origin.',
    );
  }
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(head.authorization ?? '')?.[1];
  if (given === undefined) {
    throw new RequestError(
      401,
      'token_missing',
      'The request has no token.',
      'Send "Authorization: Bearer" with the content of the token file.',
    );
  }
  if (!sameToken(given, token)) {
    throw new RequestError(
      401,
      'token_wrong',
      'The token is not the one of this server.',
      'Read the token file again: each start makes a new one.',
    );
  }
}

/** In a time that does not depend on how much of it is right, nor on its length. */
function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
