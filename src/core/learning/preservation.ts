import { type Section, sectionKey, type Sections, sectionsOf } from './sections.ts';
import { hasStrength, wordsOf } from './wording.ts';

export interface MergeDecisions {
  /** Ids or titles of the conflicts that were settled on purpose. */
  readonly resolvedConflicts: readonly string[];
  /** Titles of the sections that were left out on purpose. */
  readonly droppedSections: readonly string[];
  readonly unresolvedConflicts: readonly string[];
}

export interface PreservationInput {
  /** OLD UPSTREAM. Without it nothing counts as deleted by a side. */
  readonly baseContent?: string;
  readonly localContent: string;
  readonly upstreamContent: string;
  readonly draftContent: string;
  readonly mergeDecisions: MergeDecisions;
}

/** What became of one side's sections in the draft. Titles as the side writes them, in its order. */
export interface SidePreservation {
  readonly passed: boolean;
  readonly preserved_sections: readonly string[];
  /** Not in the draft, although the other side did not delete them and no decision names them. */
  readonly lost_sections: readonly string[];
  /** Not in the draft, and named by a decision. */
  readonly dropped_sections: readonly string[];
  /** Safety and Required Tools sections that are in the draft without all that the side says in them. */
  readonly weakened_sections: readonly string[];
  /** Those of the lost and weakened sections that keep the draft from being published. */
  readonly blocking_sections: readonly string[];
}

export interface PreservationReport {
  readonly mode: 'plugin_three_way';
  readonly passed: boolean;
  readonly local: SidePreservation;
  readonly upstream: SidePreservation;
  /** Apart from `passed`: an open conflict blocks by itself. */
  readonly unresolved_conflicts: readonly string[];
}

/**
 * Whether a merged SKILL.md still says what each side says, section by section (spec 3, Task 8). Only Safety and Required Tools block:
 * - one that is gone blocks, unless the local side itself deleted it, or the upstream deleted it and a decision names it;
 * - one that lacks sentences of a side blocks, unless a conflict was settled on purpose or the other side took those sentences out.
 * Any other lost section is reported for the reviewer. Pure.
 */
export function checkPluginMergePreservation(input: PreservationInput): PreservationReport {
  const base = input.baseContent === undefined ? undefined : sectionsOf(input.baseContent);
  const local = sectionsOf(input.localContent);
  const upstream = sectionsOf(input.upstreamContent);
  const draft = sectionsOf(input.draftContent);
  const decisions = input.mergeDecisions;
  const localReport = checkSide({
    side: local,
    other: upstream,
    otherIsLocal: false,
    base,
    draft,
    decisions,
  });
  const upstreamReport = checkSide({
    side: upstream,
    other: local,
    otherIsLocal: true,
    base,
    draft,
    decisions,
  });
  return {
    mode: 'plugin_three_way',
    passed: localReport.passed && upstreamReport.passed,
    local: localReport,
    upstream: upstreamReport,
    unresolved_conflicts: decisions.unresolvedConflicts,
  };
}

interface SideCheck {
  readonly side: Sections;
  readonly other: Sections;
  readonly otherIsLocal: boolean;
  readonly base: Sections | undefined;
  readonly draft: Sections;
  readonly decisions: MergeDecisions;
}

function checkSide(check: SideCheck): SidePreservation {
  const preserved: string[] = [];
  const lost: string[] = [];
  const dropped: string[] = [];
  const weakened: string[] = [];
  const blocking: string[] = [];
  const named = new Set(check.decisions.droppedSections.map(sectionKey));
  for (const [key, section] of check.side) {
    const inDraft = check.draft.get(key);
    if (
      inDraft !== undefined &&
      !(inDraft.lines.length === 0 && section.lines.length > 0 && section.essential)
    ) {
      preserved.push(section.title);
      if (!section.essential || isWhole(section, inDraft, check.base?.get(key), check.other.get(key)))
        continue;
      weakened.push(section.title);
      if (check.decisions.resolvedConflicts.length === 0) blocking.push(section.title);
      continue;
    }
    const deletedByOther = check.base?.has(key) === true && !check.other.has(key);
    if (named.has(key)) dropped.push(section.title);
    else if (!deletedByOther || (section.essential && !check.otherIsLocal)) lost.push(section.title);
    // A user may delete a rule of safety; an update may only with a decision that says so, and a merge never.
    const allowed = deletedByOther && (check.otherIsLocal || named.has(key));
    if (section.essential && !allowed) blocking.push(section.title);
  }
  return {
    passed: blocking.length === 0,
    preserved_sections: preserved,
    lost_sections: lost,
    dropped_sections: dropped,
    weakened_sections: weakened,
    blocking_sections: blocking,
  };
}

/** True when the draft says every line of the side that the other side did not take out. */
function isWhole(
  section: Section,
  draft: Section,
  base: Section | undefined,
  other: Section | undefined,
): boolean {
  const inBase = new Set(base?.lines);
  const inOther = new Set(other?.lines);
  return section.lines
    .filter((line) => !inBase.has(line) || inOther.has(line))
    .every((line) => draft.lines.some((candidate) => says(candidate, line)));
}

/** How many of a line's words a line must have to say the same, when both sides changed it and the changes were joined. */
const SAME_WORDS = 0.8;

function says(candidate: string, line: string): boolean {
  if (candidate === line) return true;
  const have = new Set(wordsOf(candidate));
  const wanted = wordsOf(line);
  if (wanted.some((word) => hasStrength(word) && !have.has(word))) return false;
  // The other way round too: "never" put before a sentence keeps all its words and says the opposite.
  const known = new Set(wanted);
  if ([...have].some((word) => hasStrength(word) && !known.has(word))) return false;
  return wanted.filter((word) => have.has(word)).length >= wanted.length * SAME_WORDS;
}
