import { assembleDraft, type Assembled } from '../../src/core/learning/assembly.ts';
import type { Draft } from '../../src/core/learning/drafts.ts';
import type { DraftSides } from '../../src/core/learning/sides.ts';
import { digestSkillFiles } from '../../src/core/skill-tree.ts';
import type { LoadedTree } from '../../src/core/skills/skill-store.ts';

/** Texts or bytes by path; a path that ends in `*` is executable and named without the star. */
export type Side = Readonly<Record<string, string | Uint8Array>>;

export interface Sides {
  readonly base: Side;
  readonly local: Side;
  readonly upstream: Side;
}

export function loadedTree(side: Side): LoadedTree {
  const files = Object.entries(side).map(([name, content]) => ({
    path: name.replace(/\*$/, ''),
    bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
    executable: name.endsWith('*'),
  }));
  return {
    folder: '/store',
    digest: digestSkillFiles(files),
    bytes: new Map(files.map(({ path, bytes }) => [path, bytes])),
  };
}

export function draftSides(sides: Sides): DraftSides {
  return {
    base: loadedTree(sides.base),
    local: loadedTree(sides.local),
    upstream: loadedTree(sides.upstream),
  };
}

/** A draft in which nothing is settled. */
export function openDraft(change: Partial<Draft> = {}): Draft {
  return {
    schema_version: 1,
    draft_id: 'draft-0123456789abcdef',
    candidate_id: 'plugin-update:kit:one:0123456789ab',
    proposal_kind: 'plugin_skill_update',
    skill_name: 'one',
    plugin_id: 'kit',
    plugin_version: '2.0.0',
    base_version: 'v0002',
    base_tree_hash: 'local',
    merge_mode: 'three_way',
    base: { kind: 'upstream', source_id: 'kit', tree_hash: 'base' },
    upstream: { kind: 'upstream', source_id: 'kit', tree_hash: 'upstream' },
    outcome: 'open',
    published_version: null,
    documents: {},
    file_choices: {},
    review: null,
    acknowledgements: [],
    reason: 'plugin_update',
    created_at: '2026-01-01T00:00:00.000Z',
    created_by: 'tester',
    provenance: {},
    ...change,
  };
}

/** Puts a draft together; `texts` are those that are kept beside it, by digest. */
export function assembled(
  sides: Sides,
  change: Partial<Draft> = {},
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<Assembled> {
  const kept = {
    text: (_id: string, digest: string): Promise<string> => {
      const text = texts.get(digest);
      return text === undefined ? Promise.reject(new Error(`no text ${digest}`)) : Promise.resolve(text);
    },
  };
  return assembleDraft(openDraft(change), draftSides(sides), kept);
}

/** What would be published: text by path, with a star behind executables. */
export function resultOf(draft: Assembled): Record<string, string> {
  return Object.fromEntries(
    draft.files.map((file) => [
      file.executable ? `${file.path}*` : file.path,
      Buffer.from(file.bytes).toString('utf8'),
    ]),
  );
}
