/** Words that turn a sentence around or weaken it when they are missing. */
const STRENGTH =
  /^(?:not|never|no|none|don't|cannot|can't|must|mustn't|always|only|shall|should|may|unless|except|without|before|nicht|nie|niemals|kein|keine|immer|nur|muss|no|nunca|siempre|solo|debe|不|勿|禁|必|须|须|只|未|无)$/u;

export function hasStrength(word: string): boolean {
  return STRENGTH.test(word);
}

/** In lower case; each Han character is a word of its own. */
export function wordsOf(line: string): readonly string[] {
  return line.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}'’-]{1,60}/gu) ?? [];
}
