import { aGate, aGateFinding } from './gate-reports.ts';
import type { ReviewDraftOptions } from './review-draft.ts';

const BASE = `---
name: release-notes
description: Writes release notes from merged pull requests.
version: 1.2.0
allowed-tools: [Read, Grep]
---

# Release notes

Use this skill when a release is about to be tagged and the notes are still missing.

## When to use

- A tag is about to be created.
- Someone asks what changed since the last release.

## Steps

1. List the merged pull requests since the last tag.
2. Group them by label: features, fixes, chores.
3. Write one line for each, in the past tense, with the number of the pull request at the end.
4. Ask for a review before the notes are published.

## Style

Keep sentences short. Do not mention internal ticket numbers.

## Required tools

- git
- gh

## Examples

\`\`\`sh
git log --merges --oneline v1.1.0..HEAD
\`\`\`
`;

const LOCAL = BASE.replace(
  'description: Writes release notes from merged pull requests.',
  'description: Writes release notes from merged pull requests, in the voice of our team.',
)
  .replace(
    '3. Write one line for each, in the past tense, with the number of the pull request at the end.',
    '3. Write one line for each, in the present tense, with the number of the pull request and its author at the end.',
  )
  .replace(
    'Keep sentences short. Do not mention internal ticket numbers.',
    'Keep sentences short. Do not mention internal ticket numbers.\nThank first-time contributors by name.',
  )
  .replace('- gh\n', '- gh\n- jq, for the label query\n');

const UPSTREAM = BASE.replace(
  'description: Writes release notes from merged pull requests.',
  'description: Drafts release notes from merged pull requests and breaking-change markers.',
)
  .replace('version: 1.2.0', 'version: 1.3.0')
  .replace(
    '3. Write one line for each, in the past tense, with the number of the pull request at the end.',
    '3. Write one line for each, in the imperative, with a link to the pull request at the end.\n4. Put breaking changes first, under their own heading.',
  )
  .replace('4. Ask for a review', '5. Ask for a review')
  .replace(
    '- Someone asks what changed since the last release.',
    '- Someone asks what changed since the last release.\n- A changelog entry is missing.',
  )
  .replace(
    'git log --merges --oneline v1.1.0..HEAD',
    'gh pr list --state merged --search "merged:>2026-01-01"',
  );

/** A release that meets local edits: one part of each kind, and conflicts in the frontmatter, in a list and in a supporting file. */
export const reviewSample: ReviewDraftOptions = {
  documents: {
    'SKILL.md': { base: BASE, local: LOCAL, upstream: UPSTREAM },
    'references/labels.md': {
      base: '# Labels\n\n- feature\n- fix\n',
      local: '# Labels\n\n- feature\n- fix\n- docs\n',
      upstream: '# Labels\n\n- feature\n- bugfix\n',
    },
  },
  files: { 'scripts/collect.sh': { base: 'echo old\n', local: null, upstream: 'echo new\n' } },
  gates: [
    aGate('safety', 'passed', {
      reason: '1 pattern of the rules was added.',
      findings: [
        aGateFinding({
          code: 'new-network-host',
          message: 'The update names a host that the current version does not: api.github.com.',
          next_step: 'Check that the skill should reach it.',
          path: 'scripts/collect.sh',
        }),
      ],
    }),
    aGate('preservation', 'passed', { reason: 'Nothing of yours is lost.' }),
    aGate('replay', 'not_run', { reason: 'The skill has no evals.' }),
  ],
  provenance: {
    plugin_id: 'writing-tools',
    plugin_version: '1.3.0',
    base_upstream_tree_hash: 'a3f1c09d5be2447781c0e2f2a6ff0b1d7c9ab4e20d8f6a51b2c3d4e5f6071829',
    local_version: 'v0003',
    merge_mode: 'three_way',
  },
};

/** `lines` lines of prose in which every 50th was changed by one side or both. */
export function largeSample(lines: number): ReviewDraftOptions {
  const base = Array.from({ length: lines }, (_, at) =>
    at % 7 === 0
      ? ''
      : `Line ${at + 1}: keep the release notes short, and say what a reader has to do about each change.`,
  );
  const change = (every: number, offset: number, words: string) =>
    base.map((line, at) => (at % every === offset ? `${line} ${words}` : line)).join('\n');
  return {
    documents: {
      'SKILL.md': {
        base: `${base.join('\n')}\n`,
        local: `${change(50, 10, 'Locally we add the name of the author.')}\n`,
        upstream: `${change(150, 60, 'Upstream adds a link to the pull request.')}\n`,
      },
    },
  };
}
