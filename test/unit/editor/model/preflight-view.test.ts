import assert from 'node:assert/strict';
import { PREFLIGHT_CODES } from '../../../../src/core/install/preflight/codes.ts';
import { codeText, fixTitle } from '../../../../src/editor/model/preflight-catalogue.ts';
import { isPreflighted } from '../../../../src/editor/model/preflight-files.ts';
import { findingsByFile, findingText, preflightStatus } from '../../../../src/editor/model/preflight-view.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { sampleReport } from '../../../support/preflight-report.ts';

describe('the preflight in the editor', () => {
  it('has the words of every code, in step with the command line', () => {
    for (const [code, { title, remedy }] of Object.entries(PREFLIGHT_CODES)) {
      assert.deepEqual(codeText(code, inEnglish), { title, remedy });
    }
    assert.match(codeText('PF-SAFE-020', inEnglish).title, /safety rules/);
  });

  it('says in English what the finding says, and in another language what its code says, with the field', () => {
    const [finding] = sampleReport().targets.flatMap(({ findings }) => findings);
    assert.ok(finding !== undefined);
    assert.equal(findingText(finding, true, inEnglish), `${finding.message} ${finding.next_step}`);
    const other = findingText(finding, false, (text) => `«${text}»`);
    assert.equal(
      other,
      '«A field has a value of the wrong kind.» (/author) «Write the value as the dialect asks for it.»',
    );
  });

  it('groups findings by file and leaves out what is suppressed', () => {
    const all = findingsByFile(sampleReport());
    assert.deepEqual(
      [...all.keys()],
      ['plugins/a/a b/100%.json', 'plugins/a/skills/a/SKILL.md', 'plugins/a/run.sh'],
    );
    const some = findingsByFile(
      sampleReport(undefined, { ignore: [{ code: 'PF-LINK-*', glob: undefined }] }),
    );
    assert.equal(some.has('plugins/a/skills/a/SKILL.md'), false);
  });

  it('sums up a document in the language status', () => {
    const findings = sampleReport().targets.flatMap((target) => target.findings);
    const text = (some: typeof findings | undefined): readonly string[] => {
      const { text: words, severity } = preflightStatus(some, inEnglish);
      return [words, severity];
    };
    assert.deepEqual(text(findings), ['Errors: 1, warnings: 1', 'error']);
    assert.deepEqual(text(findings.slice(1)), ['Errors: 0, warnings: 1', 'warning']);
    assert.deepEqual(text(findings.slice(2)), ['Preflight passed', 'none']);
    assert.deepEqual(text([]), ['Preflight passed', 'none']);
    assert.deepEqual(text(undefined), ['Not checked', 'none']);
  });

  it('has a title for every fix that the checks make', () => {
    const fixes = [
      'PF-SKILL-NAME-FOLDER',
      'PF-SKILL-NAME-INVALID',
      'PF-SKILL-NAME-MISSING',
      'PF-SKILL-YAML-COLON',
      'PF-PATH-PREFIX',
      'PF-SCHEMA-SEMVER',
    ];
    for (const code of fixes) assert.ok(fixTitle(code, inEnglish) !== undefined, code);
    assert.equal(fixTitle('PF-LINK-BROKEN', inEnglish), undefined);
  });

  it('checks manifests and skills, and nothing of the managed store', () => {
    for (const file of [
      'SKILL.md',
      'plugins/a/skills/b/SKILL.md',
      '.agents/skills/b/SKILL.md',
      '.claude-plugin/plugin.json',
      'plugins/a/beaver.plugin.json',
      '.claude-plugin/marketplace.json',
      'hooks/hooks.json',
    ]) {
      assert.equal(isPreflighted(file), true, file);
    }
    for (const file of [
      'README.md',
      'package.json',
      'skills/b/versions/v0001/SKILL.md',
      'skills/b/upstreams/a/0123/SKILL.md',
      '.beaver/staging/x/SKILL.md',
      'node_modules/a/SKILL.md',
    ]) {
      assert.equal(isPreflighted(file), false, file);
    }
  });
});
