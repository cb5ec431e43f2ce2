/** The part of fs-native-extensions that Beaver calls; the package ships no types. */
declare module 'fs-native-extensions' {
  /** Whole file, exclusive. False when another open file description holds it. */
  export function tryLock(fd: number): boolean;
  export function unlock(fd: number): void;
  /** Throws an error with `code`. One step on Linux and macOS, three on Windows. */
  export function swapSync(from: string, to: string): void;
}
