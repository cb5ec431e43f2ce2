/** Harnesses that people know by name. A source may be called so; one that only looks like one of them may not (A20). */
const KNOWN = [
  'claude',
  'claude-code',
  'codex',
  'code',
  'every-code',
  'gemini',
  'opencode',
  'copilot',
] as const;

/** The name that `id` could be mistaken for, among well-known ones and `others`; undefined when there is none. */
export function mistakableFor(id: string, others: readonly string[]): string | undefined {
  const names = [...KNOWN, ...others];
  if (names.includes(id)) return undefined;
  return names.find((name) => skeleton(name) === skeleton(id));
}

/** What the eye makes of a name. */
function skeleton(name: string): string {
  return name
    .replaceAll('-', '')
    .replaceAll(/[1i]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('cl', 'd');
}
