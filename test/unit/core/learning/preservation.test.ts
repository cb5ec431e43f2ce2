import assert from 'node:assert/strict';
import {
  checkPluginMergePreservation,
  type MergeDecisions,
} from '../../../../src/core/learning/preservation.ts';

const NONE: MergeDecisions = { resolvedConflicts: [], droppedSections: [], unresolvedConflicts: [] };

function skill(sections: Readonly<Record<string, string>>): string {
  const body = Object.entries(sections).map(([title, text]) => `## ${title}\n\n${text}\n`);
  return `---\nname: comic\ndescription: Draw\n---\n\n# Comic\n\n${body.join('\n')}`;
}

const BASE = { Usage: 'Draw panels.', Safety: '- Ask before deleting files.' };

describe('checkPluginMergePreservation', () => {
  it('passes a draft that keeps the local safety rules and takes the new ones of upstream', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill({ ...BASE, Safety: '- Ask before deleting files.\n- Never publish on Fridays.' }),
      upstreamContent: skill({
        ...BASE,
        Safety: '- Ask before deleting files.\n- Never send the panels away.',
      }),
      draftContent: skill({
        ...BASE,
        Safety: '- Ask before deleting files.\n- Never publish on Fridays.\n- Never send the panels away.',
      }),
      mergeDecisions: NONE,
    });
    assert.deepEqual(report, {
      mode: 'plugin_three_way',
      passed: true,
      local: {
        passed: true,
        preserved_sections: ['Comic', 'Usage', 'Safety'],
        lost_sections: [],
        dropped_sections: [],
        weakened_sections: [],
        blocking_sections: [],
      },
      upstream: {
        passed: true,
        preserved_sections: ['Comic', 'Usage', 'Safety'],
        lost_sections: [],
        dropped_sections: [],
        weakened_sections: [],
        blocking_sections: [],
      },
      unresolved_conflicts: [],
    });
  });

  for (const [title, side] of [
    ['Safety', 'local'],
    ['Safety', 'upstream'],
    ['Required Tools', 'local'],
    ['Required Tools', 'upstream'],
    ['安全', 'local'],
    ['必需工具', 'upstream'],
    ['3. **Safety Rules**', 'local'],
    ['🔒 安全须知：', 'upstream'],
    ['Sicherheitshinweise', 'local'],
    ['Herramientas necesarias', 'upstream'],
    ['Security considerations', 'local'],
    ['Tools required', 'upstream'],
  ] as const) {
    it(`refuses a draft that silently lacks "${title}" of the ${side} side`, () => {
      const withRules = skill({ Usage: 'Draw.', [title]: '- One thing that matters.' });
      const without = skill({ Usage: 'Draw.' });
      const report = checkPluginMergePreservation({
        baseContent: without,
        localContent: side === 'local' ? withRules : without,
        upstreamContent: side === 'upstream' ? withRules : without,
        draftContent: without,
        mergeDecisions: NONE,
      });
      assert.equal(report.passed, false);
      assert.equal(report[side].passed, false);
      assert.equal(report[side].blocking_sections.length, 1);
      assert.deepEqual(report[side].lost_sections, report[side].blocking_sections);
      assert.equal(report[side === 'local' ? 'upstream' : 'local'].passed, true);
    });
  }

  it('refuses a dropped safety section even when a conflict was settled and the section is named', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill(BASE),
      upstreamContent: skill({ ...BASE, Usage: 'Draw better.' }),
      draftContent: skill({ Usage: 'Draw better.' }),
      mergeDecisions: { ...NONE, resolvedConflicts: ['c1'], droppedSections: ['Safety'] },
    });
    assert.equal(report.passed, false);
    assert.deepEqual(report.local.dropped_sections, ['Safety']);
  });

  it('refuses a safety section that is kept as an empty heading', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill(BASE),
      upstreamContent: skill(BASE),
      draftContent: skill({ ...BASE, Safety: '' }),
      mergeDecisions: NONE,
    });
    assert.deepEqual(report.local.blocking_sections, ['Safety']);
  });

  it('counts it as no loss that the user deleted a section, safety included', () => {
    const rest = { Usage: BASE.Usage };
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill(rest),
      upstreamContent: skill(BASE),
      draftContent: skill(rest),
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.upstream.lost_sections, []);
  });

  it('counts it as no loss that upstream deleted an ordinary section', () => {
    const base = { ...BASE, History: 'Old.' };
    const report = checkPluginMergePreservation({
      baseContent: skill(base),
      localContent: skill(base),
      upstreamContent: skill(BASE),
      draftContent: skill(BASE),
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.local.lost_sections, []);
  });

  it('lets upstream delete a safety section only with a decision that names it', () => {
    const rest = { Usage: BASE.Usage };
    const sides = {
      baseContent: skill(BASE),
      localContent: skill(BASE),
      upstreamContent: skill(rest),
      draftContent: skill(rest),
    };
    assert.equal(checkPluginMergePreservation({ ...sides, mergeDecisions: NONE }).passed, false);
    const named = { ...NONE, droppedSections: ['safety'] };
    assert.equal(checkPluginMergePreservation({ ...sides, mergeDecisions: named }).passed, true);
  });

  it('refuses a safety section without a sentence of one side, and one with the sentence turned around', () => {
    const local = {
      ...BASE,
      Safety: '- Ask before deleting files.\n- Never push to the main branch of a shared repository.',
    };
    for (const Safety of [
      '- Ask before deleting files.',
      '- Ask before deleting files.\n- Push to the main branch of a shared repository.',
      '- Ask before deleting files.\n- Always push to the main branch of a shared repository.',
    ]) {
      const report = checkPluginMergePreservation({
        baseContent: skill(BASE),
        localContent: skill(local),
        upstreamContent: skill(BASE),
        draftContent: skill({ ...BASE, Safety }),
        mergeDecisions: NONE,
      });
      assert.deepEqual(report.local.blocking_sections, ['Safety'], Safety);
      assert.deepEqual(report.local.weakened_sections, ['Safety']);
      assert.equal(report.passed, false);
    }
  });

  it('takes a sentence that both sides changed and the merge joined for preserved', () => {
    const rule = (a: string, b: string): string =>
      `- Ask ${a} before any files of the whole project are ${b}.`;
    const report = checkPluginMergePreservation({
      baseContent: skill({ Safety: rule('the user', 'deleted') }),
      localContent: skill({ Safety: rule('the owner', 'deleted') }),
      upstreamContent: skill({ Safety: rule('the user', 'removed') }),
      draftContent: skill({ Safety: rule('the owner', 'removed') }),
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
  });

  it('passes explicitly settled conflicts outside and inside the rules, and reports what they left out', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill({ ...BASE, Output: 'PNG.' }),
      localContent: skill({ ...BASE, Output: 'SVG.', Safety: '- Ask twice before files are deleted.' }),
      upstreamContent: skill({ ...BASE, Output: 'PDF.', Safety: '- Refuse to remove anything.' }),
      draftContent: skill({ ...BASE, Output: 'SVG.', Safety: '- Refuse to remove anything.' }),
      mergeDecisions: { ...NONE, resolvedConflicts: ['c1', 'c2'] },
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.local.weakened_sections, ['Safety']);
  });

  it('reports an ordinary section that is lost in silence without blocking', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill({ ...BASE, 'Learned review step': 'Look twice.' }),
      upstreamContent: skill(BASE),
      draftContent: skill(BASE),
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.local.lost_sections, ['Learned review step']);
  });

  it('reports unresolved conflicts apart', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill(BASE),
      upstreamContent: skill(BASE),
      draftContent: skill(BASE),
      mergeDecisions: { ...NONE, unresolvedConflicts: ['c3'] },
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.unresolved_conflicts, ['c3']);
  });

  it('takes headings by position: not those in code, quotations and frontmatter', () => {
    const shown = skill({ Usage: '```md\n## Safety\n- Ask.\n```\n\n> ## Required Tools\n> Read' });
    const report = checkPluginMergePreservation({
      localContent: shown,
      upstreamContent: shown,
      draftContent: skill({ Usage: 'Draw.' }),
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.local.preserved_sections, ['Comic', 'Usage']);
  });

  it('finds a section again that was moved, numbered or set with an underline', () => {
    const report = checkPluginMergePreservation({
      baseContent: skill(BASE),
      localContent: skill(BASE),
      upstreamContent: skill(BASE),
      draftContent:
        '# Comic\n\nSafety\n------\n\n- Ask before deleting files.\n\n## 2. Usage\n\nDraw panels.\n',
      mergeDecisions: NONE,
    });
    assert.equal(report.passed, true);
    assert.deepEqual(report.local.lost_sections, []);
  });
});
