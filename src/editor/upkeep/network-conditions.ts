/** The part of an address of this machine that is asked for. */
export interface NetworkAddress {
  readonly internal: boolean;
}

/** True when this machine has no address but its own: nothing beyond it can be reached. */
export function isOffline(
  interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>,
): boolean {
  return !Object.values(interfaces).some(
    (addresses) => addresses?.some(({ internal }) => !internal) === true,
  );
}

/**
 * Whether the connection counts as metered. VS Code tells extensions what it detects by itself only through an API that published ones may
 * not use, so that on every platform only what a person has set is known: `on` is metered, `auto` and `off` are not. Older versions of VS
 * Code have no such setting.
 */
export function isMetered(meteredConnection: unknown, updateWhenMetered: unknown): boolean {
  return meteredConnection === 'on' && updateWhenMetered !== true;
}
