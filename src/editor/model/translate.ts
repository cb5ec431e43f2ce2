/**
 * Looks an English sentence up in the display language and fills `{0}`, `{1}`, … in: `vscode.l10n.t` in the editor.
 * The models take it as an argument so that plain mocha can run them. Callers pass literals only: the bundles are checked against them.
 */
export type Translate = (message: string, ...args: readonly (string | number)[]) => string;

/** The English sentence itself: for tests, and where there is no editor. */
export const inEnglish: Translate = (message, ...args) =>
  message.replaceAll(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
