/** How a report of the preflight can be written. */
export const PREFLIGHT_FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'markdown'] as const;
export type PreflightFormat = (typeof PREFLIGHT_FORMATS)[number];

/** The options of `preflight`, as commander names them. */
export interface PreflightWords {
  readonly format: PreflightFormat;
  /** Each `FORMAT=FILE`. */
  readonly report?: readonly string[];
  readonly failOn: 'error' | 'warning' | 'info';
  /** Each `CODE` or `CODE:GLOB`. */
  readonly ignore?: readonly string[];
  readonly baseline?: string;
  readonly changedSince?: string;
  /** Each `NAME=VERSION`. */
  readonly host?: readonly string[];
  readonly catalog?: readonly string[];
  readonly schema?: boolean;
}

/** `LEFT=RIGHT` in its two parts; undefined when one of them is missing. */
export function pair(written: string, separator: string): readonly [string, string] | undefined {
  const at = written.indexOf(separator);
  return at <= 0 || at === written.length - 1 ? undefined : [written.slice(0, at), written.slice(at + 1)];
}
