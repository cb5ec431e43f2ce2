import type { JsonValue } from '../../base/json.ts';
import type { Assembled, AssembledDocument } from './assembly.ts';
import { sectionsOf } from './sections.ts';
import type { Proposal } from './synthesis/proposal.ts';

/**
 * What a published version says of its merge (spec 3, Task 7, Step 6). Read off the content itself, never off what a model says it did; what a
 * model proposed and a person took is named with its origin.
 */
export function mergeProvenance(
  { documents, sides }: Assembled,
  proposal: Proposal | undefined,
): Readonly<Record<string, JsonValue>> {
  const [document] = documents;
  const taken = documents.flatMap((one) => proposalsTaken(one));
  const isMerge =
    sides.base.digest.treeHash !== sides.local.digest.treeHash &&
    sides.base.digest.treeHash !== sides.upstream.digest.treeHash;
  return {
    ...(document === undefined || !isMerge ? {} : sectionDecisions(document)),
    resolved_conflicts: documents.flatMap(resolvedConflicts),
    ...(taken.length === 0
      ? {}
      : {
          proposal: {
            model: proposal?.model ?? null,
            prompt_digest: proposal?.prompt_digest ?? null,
            answer_digest: proposal?.answer_digest ?? null,
            conflicts: taken,
          },
        }),
  };
}

function resolvedConflicts({ path, merge, override, resolutions }: AssembledDocument): JsonValue[] {
  return merge.conflicts.map(({ id }) => {
    const take = override === null ? (resolutions[id]?.take ?? null) : 'text';
    return { file: path, id, take, origin: take === 'proposal' ? 'model' : 'reviewer' };
  });
}

function proposalsTaken({ path, override, resolutions }: AssembledDocument): string[] {
  if (override !== null) return [];
  return Object.entries(resolutions)
    .filter(([, { take }]) => take === 'proposal')
    .map(([id]) => (path === 'SKILL.md' ? id : `${path}#${id}`));
}

/** Titles, as their side writes them: what local learned and kept, what upstream brought, and what the result leaves out. */
function sectionDecisions({ base, local, upstream, result }: AssembledDocument): Record<string, JsonValue> {
  const [before, own, theirs, after] = [base, local, upstream, result].map(sectionsOf);
  const changed = (side: typeof before): string[] =>
    [...(side ?? [])]
      .filter(([key, section]) => before?.get(key)?.lines.join('\n') !== section.lines.join('\n'))
      .filter(([key]) => after?.has(key) === true)
      .map(([, { title }]) => title);
  const dropped = new Map(
    [...(own ?? []), ...(theirs ?? [])]
      .filter(([key]) => after?.has(key) !== true)
      .map(([key, { title }]) => [key, title]),
  );
  return {
    preserved_local_sections: changed(own),
    adopted_upstream_sections: changed(theirs),
    dropped_sections: [...dropped.values()],
  };
}
