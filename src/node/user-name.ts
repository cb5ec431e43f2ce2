import { userInfo } from 'node:os';

/** Who is recorded with reviews and captures: the operating system's name of the user, or `unknown` where it has none, as in some containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
