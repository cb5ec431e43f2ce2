/** What only native code can do: kernel locks and the exchange of two paths. */
export interface NativePart {
  /** Whole file, exclusive; held by the open file description, so the kernel frees it when the process dies. */
  tryLock(fd: number): boolean;
  unlock(fd: number): void;
  /** Throws the system's error, `code` set. */
  swapSync(from: string, to: string): void;
}

/**
 * Loads the prebuilt native part for this platform, late: activation does not pay for it.
 * Rejects where there is no prebuild (an unusual processor or C library) or the package was left out of the installation.
 */
export async function loadNativePart(): Promise<NativePart> {
  const { tryLock, unlock, swapSync } = await import('fs-native-extensions');
  return { tryLock, unlock, swapSync };
}
