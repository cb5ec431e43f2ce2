const NAMED: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl+c',
  '\x04': 'ctrl+d',
  '\x1a': 'ctrl+z',
  '\x1b': 'escape',
};
const PASTE = /\x1b\[200~([\s\S]*?)\x1b\[201~/;
const SEQUENCE = /^\x1b(?:\[[0-9;<>?]*[A-Za-z~]|O[A-Z])/;

/** The keys in what a terminal sent: names for some, else the character. What is pasted is characters; other sequences are none. */
export function readKeys(text: string): readonly string[] {
  const pasted = PASTE.exec(text);
  if (pasted !== null) {
    const after = text.slice(pasted.index + pasted[0].length);
    return [...readKeys(text.slice(0, pasted.index)), ...Array.from(pasted[1] ?? ''), ...readKeys(after)];
  }
  const keys: string[] = [];
  for (let rest = text; rest !== '';) {
    const sequence = SEQUENCE.exec(rest)?.[0];
    if (sequence !== undefined) {
      rest = rest.slice(sequence.length);
      continue;
    }
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    keys.push(NAMED[character] ?? character);
    rest = rest.slice(character.length);
  }
  return keys;
}
