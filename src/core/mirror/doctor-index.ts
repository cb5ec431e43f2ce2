import * as path from 'node:path';
import { BeaverError, findingFromError } from '../../base/errors.ts';
import { parseSkillDocument } from '../skill-document.ts';
import type { SkillIndex, SkillIndexEntry } from '../skills/models.ts';
import { indexEntry } from '../skills/version-plan.ts';
import { type Diagnosis, repairable } from './doctor-finding.ts';
import type { SkillView } from './doctor-store.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** Whether the index says what the descriptions and pointers say. It is derived from them, so it can be written anew. */
export async function examineIndex(
  deps: MirrorDeps,
  skills: ReadonlyMap<string, SkillView>,
): Promise<readonly Diagnosis[]> {
  const { layout, store } = deps;
  const display = layout.display(layout.skillIndex);
  const would = 'write the index anew from the skills';
  let index: SkillIndex | undefined;
  try {
    index = await store.index();
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    if (error.code !== 'stored_file_unreadable')
      return [{ finding: findingFromError(error, display), repair: null }];
    return [
      repairable(
        {
          code: 'index_unreadable',
          message: 'The index of skills cannot be read.',
          would: `keep it as index.json.damaged and ${would}`,
          path: display,
        },
        { kind: 'rebuild_index' },
      ),
    ];
  }
  const expected = await derivedIndex(deps, skills, index);
  const names = new Set([...Object.keys(index?.skills ?? {}), ...Object.keys(expected.skills)]);
  const differing = [...names]
    .sort()
    .filter((name) => !sameEntry(index?.skills[name], expected.skills[name]));
  if (differing.length === 0) return [];
  return [
    repairable(
      {
        code: 'index_outdated',
        message: `The index of skills disagrees with what is in the store about: ${differing.join(', ')}.`,
        would,
        path: display,
      },
      { kind: 'rebuild_index' },
    ),
  ];
}

/** The index as the store has it. What it says of a skill that cannot be read now is kept. */
export async function derivedIndex(
  deps: MirrorDeps,
  skills: ReadonlyMap<string, SkillView>,
  before: SkillIndex | undefined,
): Promise<SkillIndex> {
  const entries: Record<string, SkillIndexEntry> = {};
  for (const { name, spec, current, sound } of skills.values()) {
    const old = before?.skills[name];
    const document =
      spec === undefined || current === undefined || !sound
        ? undefined
        : await deps.ports.files.readFile(path.join(deps.layout.version(name, current.version), 'SKILL.md'));
    if (spec !== undefined && current !== undefined && document !== undefined) {
      entries[name] = {
        ...old,
        ...indexEntry(spec, current, parseSkillDocument(Buffer.from(document).toString('utf8')).frontmatter),
      };
    } else if (old !== undefined) entries[name] = old;
  }
  return { ...before, schema_version: 1, skills: entries };
}

function sameEntry(a: SkillIndexEntry | undefined, b: SkillIndexEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.status === b.status &&
    a.source_kind === b.source_kind &&
    a.current_version === b.current_version &&
    a.tree_hash === b.tree_hash &&
    a.description === b.description
  );
}
