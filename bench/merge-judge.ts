/** How a merge of a case with a known result is judged: by bytes, by lines, and by what edits conserve. */

export interface MergeCase {
  readonly id: string;
  readonly family: 'merge' | 'fork';
  readonly repo: string;
  readonly path: string;
  readonly base: string;
  readonly local: string;
  readonly upstream: string;
  /** Null where the two sides contradict each other and a conflict is the right answer. */
  readonly resolved: string | null;
  /** True where the known result holds both edits and nothing else, as far as counting can tell. */
  readonly mechanical: boolean;
  /** True for a contradiction that is gone once version numbers and dates are blanked. */
  readonly versionOnly: boolean;
}

export interface MergeOutput {
  readonly text: string;
  readonly conflicts: number;
}

export interface Verdict {
  readonly clean: boolean;
  /** Byte for byte the known result. */
  readonly exact: boolean;
  /** The known result's lines: in its order up to white space, or the same lines in another order. */
  readonly sameLines: boolean;
  /** Clean, but not the known result although that is mechanical. */
  readonly bad: boolean;
  /** Clean where the content must conflict. */
  readonly falseClean: boolean;
}

export function judge(one: MergeCase, output: MergeOutput): Verdict {
  const clean = output.conflicts === 0;
  const { resolved } = one;
  const exact = clean && output.text === resolved;
  const sameLines = clean && resolved !== null && (exact || haveSameLines(output.text, resolved));
  return {
    clean,
    exact,
    sameLines,
    bad: clean && resolved !== null && one.mechanical && !sameLines,
    falseClean: clean && resolved === null && !one.versionOnly,
  };
}

/** The non-blank lines without the white space around them, as a multiset. */
function haveSameLines(text: string, other: string): boolean {
  return contentLines(text) === contentLines(other);
}

function contentLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort()
    .join('\n');
}

/** Reads a case from one line of a corpus; undefined for what is not one. */
export function parseCase(line: string): MergeCase | undefined {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) return undefined;
  const record = new Map<string, unknown>(Object.entries(value));
  const text = (key: string) => {
    const member = record.get(key);
    return typeof member === 'string' ? member : undefined;
  };
  const [id, repo, path] = [text('id'), text('repo'), text('path')];
  const [base, local, upstream] = [text('base'), text('local'), text('upstream')];
  if (id === undefined || base === undefined || local === undefined || upstream === undefined)
    return undefined;
  const kinds = record.get('kind');
  return {
    id,
    family: record.get('family') === 'merge' ? 'merge' : 'fork',
    repo: repo ?? '',
    path: path ?? '',
    base,
    local,
    upstream,
    resolved: text('resolved') ?? null,
    mechanical: record.get('mechanical') === true,
    versionOnly: Array.isArray(kinds) && kinds.includes('version-only-conflict'),
  };
}
