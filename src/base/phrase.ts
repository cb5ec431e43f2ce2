/** What fills the places of a sentence: names, counts and paths, never a text of a skill beyond a short title (invariant 9). */
export type PhraseParams = Readonly<Record<string, string | number>>;

/**
 * A sentence by its stable code and what fills its places, so that a front can say it in the language of its user. What the core says in
 * English stands beside it wherever one is stored or answered.
 */
export interface Phrase {
  readonly code: string;
  readonly params: PhraseParams;
}

/** `template` with each `{name}` replaced; a place without a value stays as it is. */
export function filled(template: string, params: PhraseParams): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
