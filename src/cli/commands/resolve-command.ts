import type { BeaverWorkspace, DraftResolution, FileChoice } from '../../app/api.ts';
import type { Resolution, Resolutions } from '../../core/merge/types.ts';
import type { Action, CommandContext } from '../answer.ts';
import { UsageError } from '../failure.ts';
import type { ResolveOptions, TakenSides } from '../resolve-words.ts';
import { readTextArgument } from '../text-files.ts';
import { checked } from './draft-commands.ts';

const DOCUMENT = 'SKILL.md';

/**
 * `updates resolve DRAFT` with a whole text (`--file`, of SKILL.md or of `--path`), with a side for a whole file (`--path --choose`),
 * with sides for single conflicts (`--conflict --take`), or with what a model proposed (`--take proposal`, for all conflicts or those named).
 * Throws UsageError where the options do not say one of these.
 */
export function resolveDraft(draftId: string, options: ResolveOptions): Action {
  const plan = planOf(options);
  return async (context) => {
    const workspace = await context.workspace();
    const resolutions = await plan(context, workspace, draftId);
    let answer: Awaited<ReturnType<BeaverWorkspace['updates']['resolve']>> | undefined;
    for (const resolution of resolutions) {
      answer = await workspace.updates.resolve(draftId, resolution, context.wait);
    }
    return checked(answer ?? (await workspace.updates.show(draftId)));
  };
}

type ResolutionPlan = (
  context: CommandContext,
  workspace: BeaverWorkspace,
  draftId: string,
) => Promise<readonly DraftResolution[]>;

function planOf({ file, path, choose, conflict, take }: ResolveOptions): ResolutionPlan {
  if (file !== undefined && choose === undefined && conflict === undefined && take === undefined) {
    return async (context) => [
      { kind: 'text', path: path ?? DOCUMENT, text: await readTextArgument(context, file, 'file') },
    ];
  }
  if (
    choose !== undefined &&
    path !== undefined &&
    file === undefined &&
    conflict === undefined &&
    take === undefined
  ) {
    return () => Promise.resolve([{ kind: 'file', path, choice: choose }]);
  }
  if (
    conflict !== undefined &&
    take !== undefined &&
    take !== 'proposal' &&
    file === undefined &&
    path === undefined &&
    choose === undefined
  ) {
    return (_, workspace, draftId) => conflictResolutions(workspace, draftId, conflict, take);
  }
  if (take === 'proposal' && file === undefined && path === undefined && choose === undefined) {
    return (_, workspace, draftId) => proposedResolutions(workspace, draftId, conflict);
  }
  throw new UsageError('Say how to resolve the draft in exactly one way.', {
    nextStep:
      'Give --file FILE [--path P], or --path P --choose SIDE, or --conflict ID --take SIDE, or --take proposal.',
  });
}

/** Choices for one file go together, on top of those that were made before. */
async function conflictResolutions(
  workspace: BeaverWorkspace,
  draftId: string,
  ids: readonly string[],
  take: TakenSides,
): Promise<readonly DraftResolution[]> {
  const { draft, documents } = await workspace.updates.detail(draftId);
  const byFile = new Map<string, Record<string, Resolution>>();
  const whole: DraftResolution[] = [];
  for (const id of ids) {
    const { path, chunk } = parseConflictId(id);
    const document = documents.find((candidate) => candidate.path === path);
    if (chunk === null) {
      if (!draft.conflicts.some((conflict) => conflict.id === id)) throw unknownConflict(id);
      whole.push({ kind: 'file', path, choice: fileChoice(id, take) });
    } else {
      if (document?.merge.chunks.some((candidate) => candidate.id === chunk) !== true)
        throw unknownConflict(id);
      const resolutions = byFile.get(path) ?? { ...document.resolutions };
      resolutions[chunk] = { take };
      byFile.set(path, resolutions);
    }
  }
  const chunks = [...byFile].map(
    ([path, resolutions]: readonly [string, Resolutions]) => ({ kind: 'chunks', path, resolutions }) as const,
  );
  return [...chunks, ...whole];
}

/** The texts that a model proposed, for these conflicts or for all that are open and have one. */
async function proposedResolutions(
  workspace: BeaverWorkspace,
  draftId: string,
  ids: readonly string[] | undefined,
): Promise<readonly DraftResolution[]> {
  const { documents, proposal } = await workspace.updates.detail(draftId);
  const document = documents.find(({ path }) => path === DOCUMENT);
  const texts = new Map(proposal?.conflicts.map(({ id, text }) => [id, text]));
  const wanted = ids ?? (document?.unresolved ?? []).filter((id) => typeof texts.get(id) === 'string');
  const resolutions: Record<string, Resolution> = { ...document?.resolutions };
  for (const id of wanted) {
    const text = texts.get(id);
    if (typeof text !== 'string') throw notProposed(id);
    resolutions[id] = { take: 'proposal', text };
  }
  if (wanted.length === 0) throw notProposed(undefined);
  return [{ kind: 'chunks', path: DOCUMENT, resolutions }];
}

function notProposed(id: string | undefined): UsageError {
  const message =
    id === undefined ? 'There is no proposal to take.' : `There is no proposal for the conflict "${id}".`;
  return new UsageError(message, {
    code: 'proposal_missing',
    nextStep: 'Use "beaver updates propose" to ask a model, or take a side.',
    field: 'take',
  });
}

/** `c3` is in SKILL.md, `<path>#c3` in another file, and `<path>` is a file that is in conflict as a whole. */
function parseConflictId(id: string): { readonly path: string; readonly chunk: string | null } {
  const [, path, chunk] = /^(?:(.+)#)?(c[0-9]+)$/.exec(id) ?? [];
  return chunk === undefined ? { path: id, chunk: null } : { path: path ?? DOCUMENT, chunk };
}

function fileChoice(id: string, take: TakenSides): FileChoice {
  if (take === 'local_then_upstream' || take === 'upstream_then_local') {
    throw new UsageError(`${id} is a file in conflict as a whole: it cannot take both sides.`, {
      nextStep: 'Take local, upstream or base, or give the whole file with --path and --file.',
      field: 'take',
    });
  }
  return take;
}

function unknownConflict(id: string): UsageError {
  return new UsageError(`The draft has no conflict "${id}".`, {
    code: 'conflict_unknown',
    nextStep: 'Use "beaver updates show" to see the conflicts of the draft.',
    field: 'conflict',
  });
}
