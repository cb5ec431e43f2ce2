/** The outcomes of real upgrades as Markdown tables. */
import type { ReviewOutcome } from './upgrade-review.ts';

/** One update of one skill. */
export interface UpgradeCase {
  readonly repository: string;
  /** Abbreviated commits. */
  readonly upgrade: string;
  /** The commit that the local edit is from; null where nobody edited the skill. */
  readonly edit: string | null;
  readonly overlaps: boolean;
  /** Lines of the edit that are not where agents read them afterwards. */
  readonly lost: number;
  readonly outcome: ReviewOutcome;
}

type Column = readonly [head: string, cell: (cases: readonly UpgradeCase[]) => string];

const count = (which: (one: UpgradeCase) => boolean) => (cases: readonly UpgradeCase[]) =>
  String(cases.filter(which).length);
const sum = (of: (one: ReviewOutcome) => number) => (cases: readonly UpgradeCase[]) =>
  String(total(cases, of));
const conflictsOf = ({ conflicts }: ReviewOutcome) => conflicts.document + conflicts.texts + conflicts.files;
const isMerge = ({ outcome }: UpgradeCase) => outcome.mode === 'three_way';
const isClean = (one: UpgradeCase) => isMerge(one) && conflictsOf(one.outcome) === 0;
const isTouched = ({ outcome: { byHand, acknowledged, proposal } }: UpgradeCase) =>
  byHand.chosen + byHand.typed + byHand.wholeTexts + acknowledged.length + (proposal?.taken ?? 0) > 0;

const PIPELINE: readonly Column[] = [
  ['upgrades', (cases) => String(new Set(cases.map(({ upgrade }) => upgrade)).size)],
  ['updates', (cases) => String(cases.length)],
  ['fast-forward', count((one) => !isMerge(one))],
  ['three-way', count(isMerge)],
  ['of these, edit on what the release changed', count((one) => isMerge(one) && one.overlaps)],
  ['clean', count(isClean)],
  ['clean, as the history has it', count((one) => isClean(one) && isKnown(one))],
  ['with conflicts', count((one) => isMerge(one) && !isClean(one))],
  ['conflicts: SKILL.md / texts / files', (cases) => conflictCells(cases)],
  ['published', count(({ outcome }) => outcome.published)],
  ['published three-way, as the history has it', count((one) => isMerge(one) && isKnown(one))],
  ['held back', count(({ outcome }) => !outcome.published)],
  ['lines of edits lost', (cases) => String(cases.reduce((lines, { lost }) => lines + lost, 0))],
];

const REVIEW: readonly Column[] = [
  ['model asked', count(({ outcome }) => outcome.proposal !== null)],
  [
    'proposals taken / withheld',
    (cases) =>
      `${total(cases, ({ proposal }) => proposal?.taken ?? 0)} / ${total(cases, ({ proposal }) => proposal?.withheld.length ?? 0)}`,
  ],
  ['conflicts by a choice', sum(({ byHand }) => byHand.chosen)],
  ['conflicts by typing', sum(({ byHand }) => byHand.typed)],
  ['whole texts given', sum(({ byHand }) => byHand.wholeTexts)],
  ['drafts with acknowledgements', count(({ outcome }) => outcome.acknowledged.length > 0)],
  ['approved untouched', count((one) => one.outcome.published && !isTouched(one))],
];

/** Two tables by repository with totals, and the reasons by number. */
export function upgradeTables(cases: readonly UpgradeCase[]): string {
  const outcomes = cases.map(({ outcome }) => outcome);
  return [
    table(PIPELINE, cases),
    table(REVIEW, cases),
    reasons(
      'Withheld',
      outcomes.flatMap(({ proposal }) => proposal?.withheld ?? []),
    ),
    reasons(
      'Acknowledged',
      outcomes.flatMap(({ acknowledged }) => acknowledged),
    ),
    reasons(
      'Failed until the whole text was given',
      outcomes.flatMap(({ overcome }) => overcome),
    ),
    reasons(
      'Held back',
      outcomes.flatMap(({ failed }) => failed),
    ),
  ].join('\n\n');
}

function isKnown({ outcome }: UpgradeCase): boolean {
  return outcome.result === 'exact' || outcome.result === 'same_lines';
}

function conflictCells(cases: readonly UpgradeCase[]): string {
  return (['document', 'texts', 'files'] as const)
    .map((kind) => total(cases, ({ conflicts }) => conflicts[kind]))
    .join(' / ');
}

function total(cases: readonly UpgradeCase[], of: (one: ReviewOutcome) => number): number {
  return cases.reduce((all, { outcome }) => all + of(outcome), 0);
}

function table(columns: readonly Column[], cases: readonly UpgradeCase[]): string {
  const row = (name: string, of: readonly UpgradeCase[]) => [name, ...columns.map(([, cell]) => cell(of))];
  const repositories = [...new Set(cases.map(({ repository }) => repository))];
  const rows = [
    ['repository', ...columns.map(([head]) => head)],
    ['---', ...columns.map(() => '---')],
    ...repositories.map((name) =>
      row(
        name,
        cases.filter(({ repository }) => repository === name),
      ),
    ),
    row('all', cases),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function reasons(title: string, all: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  const list = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, number]) => `${reason} ${String(number)}`);
  return `${title}: ${list.join(', ') || 'none'}.`;
}
