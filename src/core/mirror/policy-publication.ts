import { BeaverError, distinctFindings, type Finding, findingFromError } from '../../base/errors.ts';
import { type Candidate, CandidateBook } from '../learning/candidates.ts';
import type { DraftView } from '../learning/draft-view.ts';
import { CLEAN_FAST_FORWARDS, type ReviewPolicy } from '../learning/review-policy.ts';
import type { PluginDiscovery } from '../plugins/discovery.ts';
import { captureBeforeReplacing } from './capture.ts';
import type { MirrorDeps } from './mirror-deps.ts';
import { publicationObserver } from './publication-observer.ts';
import { StateBook } from './state-book.ts';
import { syncEnabled, type SyncOutcome, type SyncReport } from './sync.ts';

/**
 * Syncs, and where the setting says so publishes clean fast-forwards of skills that nobody edited. Whatever a gate stops, asks a person
 * about, or a person has had in hand stays for the review. Expects the write lock. Killed in between, the next run goes on.
 */
export async function syncByPolicy(
  deps: MirrorDeps,
  discovery: PluginDiscovery | Promise<PluginDiscovery>,
  policy: ReviewPolicy,
): Promise<SyncOutcome> {
  const outcome = await syncEnabled(deps, discovery);
  switch (policy) {
    case 'always':
      return outcome;
    case 'clean_fast_forwards': {
      const { published, findings } = await publishCleanFastForwards(deps);
      const report = {
        ...outcome.report,
        published,
        findings: distinctFindings([...outcome.report.findings, ...findings]),
      };
      return { report, state: await StateBook.read(deps.ports.files, deps.layout) };
    }
  }
}

async function publishCleanFastForwards(
  deps: MirrorDeps,
): Promise<Pick<SyncReport, 'published' | 'findings'>> {
  const { ports, layout } = deps;
  const state = await StateBook.read(ports.files, layout);
  const following = (candidate: Candidate): boolean => {
    const plugin = state.find(candidate.evidence.plugin_id ?? '');
    return plugin?.enabled === true && !plugin.updates_paused;
  };
  const book = await CandidateBook.read(ports.files, layout);
  const published: SyncReport['published'][number][] = [];
  const findings: Finding[] = [];
  for (const candidate of book.all()) {
    if (!isCleanFastForward(candidate) || !following(candidate)) continue;
    try {
      const version = await publishOne(deps, candidate);
      if (version !== undefined) published.push({ skill_name: candidate.skill_name, version });
    } catch (error) {
      // One update that cannot be published (an edit arrived meanwhile, say) stays for the review and keeps no other from it.
      if (!(error instanceof BeaverError)) throw error;
      findings.push(findingFromError(error, candidate.skill_name));
    }
  }
  return { published, findings };
}

/** One whose draft has been stopped before is `drafted` and not looked at again: only a person brings it on. */
function isCleanFastForward(candidate: Candidate): boolean {
  return (
    candidate.kind === 'plugin_skill_update' &&
    candidate.evidence.merge_mode === 'fast_forward' &&
    (candidate.status === 'open' || candidate.status === 'ready')
  );
}

async function publishOne(deps: MirrorDeps, candidate: Candidate): Promise<string | undefined> {
  // A large part, which a sync that offers only does without.
  const { DraftService } = await import('../learning/draft-service.ts');
  const { publishDraft } = await import('../learning/publisher.ts');
  const drafts = new DraftService(deps);
  await captureBeforeReplacing(deps, candidate.skill_name);
  const view = await drafts.create(candidate.candidate_id);
  if (!mayPublish(view)) return undefined;
  const approved = await drafts.approve(view.draft.draft_id, CLEAN_FAST_FORWARDS);
  return (await publishDraft(deps, approved, publicationObserver(deps))).version;
}

/** Every gate passes, nothing waited for an answer, and no person has settled or decided anything in the draft. */
function mayPublish({ draft, status }: DraftView): boolean {
  return (
    draft.merge_mode === 'fast_forward' &&
    (status === 'ready' || status === 'approved') &&
    (draft.review === null || draft.review.policy !== null) &&
    draft.acknowledgements.length === 0 &&
    Object.keys(draft.documents).length === 0 &&
    Object.keys(draft.file_choices).length === 0
  );
}
