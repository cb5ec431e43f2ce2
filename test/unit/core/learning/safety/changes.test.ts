import assert from 'node:assert/strict';
import { checkSafety, type SafetyInput } from '../../../../../src/core/learning/safety/check-safety.ts';
import { skillFiles } from '../../../../support/skill-files.ts';

function skill(header: string, body = 'Write notes.'): string {
  return `---\nname: notes\ndescription: Keeps notes\n${header}---\n\n# Notes\n\n${body}\n`;
}

function added(tree: SafetyInput, baseline: SafetyInput, rule: string): readonly string[] {
  return checkSafety(tree, baseline)
    .findings.filter((finding) => finding.rule === rule)
    .map((finding) => {
      assert.equal(finding.added, true);
      assert.equal(finding.tier, 'warning');
      return `${finding.path}: ${finding.reason}`;
    });
}

describe('checkSafety against a baseline', () => {
  it('tells a new script, and not one that was only renamed', () => {
    const before = skillFiles({ 'SKILL.md': skill(''), 'scripts/a.sh': 'ls\n' });
    const after = skillFiles({ 'SKILL.md': skill(''), 'scripts/b.sh': 'ls\n', 'scripts/c.sh': 'pwd\n' });
    assert.deepEqual(added(after, before, 'SAFE060'), [
      'scripts/c.sh: The skill has a program or script that it did not have before.',
    ]);
  });

  it('tells a file that became executable', () => {
    const files = { 'SKILL.md': skill(''), 'notes.txt': 'hello\n' };
    assert.equal(added(skillFiles(files, ['notes.txt']), skillFiles(files), 'SAFE060').length, 1);
  });

  it('tells a script that changed', () => {
    const before = skillFiles({ 'scripts/a.sh': 'ls\n' });
    assert.equal(added(skillFiles({ 'scripts/a.sh': 'ls -l\n' }), before, 'SAFE063').length, 1);
    assert.equal(added(before, before, 'SAFE063').length, 0);
  });

  it('tells each new host once, by its name, and leaves out examples and this machine', () => {
    const before = skillFiles({ 'SKILL.md': skill('', 'See https://docs.beaver.dev/a.') });
    const body =
      'See https://docs.beaver.dev/b, HTTPS://Other.Dev:8443/x, https://user@other.dev/, https://api.example.com and http://127.0.0.1:80.';
    assert.deepEqual(added(skillFiles({ 'SKILL.md': skill('', body) }), before, 'SAFE061'), [
      'SKILL.md: The skill names a network host that it did not name before: other.dev.',
    ]);
  });

  it('tells new tools of the frontmatter, however the list is written', () => {
    const before = skillFiles({ 'SKILL.md': skill('allowed-tools: Read, Grep\n') });
    for (const header of [
      'allowed-tools: Read Grep Bash(git add:*)\n',
      'allowed-tools: [Read, "Bash(git add:*)"]\n',
      'tools:\n  - Grep\n  - Bash(git add:*)\n',
    ]) {
      assert.deepEqual(added(skillFiles({ 'SKILL.md': skill(header) }), before, 'SAFE062'), [
        'SKILL.md: The skill may use a tool that it could not use before: Bash(git add:*).',
      ]);
    }
  });

  it('tells that a list of tools was taken away, which allows them all', () => {
    const before = skillFiles({ 'SKILL.md': skill('allowed-tools: Read\n') });
    assert.equal(added(skillFiles({ 'SKILL.md': skill('') }), before, 'SAFE062').length, 1);
    assert.equal(added(before, skillFiles({ 'SKILL.md': skill('') }), 'SAFE062').length, 0);
  });

  it('shows nothing but plain characters of a tool or a host', () => {
    const before = skillFiles({ 'SKILL.md': skill('allowed-tools: Read\n') });
    const after = skillFiles({ 'SKILL.md': skill('allowed-tools: ["Re\\u202Ead\\u0007"]\n') });
    assert.match(added(after, before, 'SAFE062')[0] ?? '', /before: Re\?ad\?\.$/u);
  });

  it('compares nothing where there is no baseline', () => {
    const tree = skillFiles({
      'SKILL.md': skill('allowed-tools: Read\n', 'https://other.dev'),
      'a.sh': 'ls\n',
    });
    assert.deepEqual(checkSafety(tree).findings, []);
  });

  it('reads frontmatter that is broken or hostile without failing', () => {
    const bomb = 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nallowed-tools: *c\n';
    for (const header of [bomb, 'allowed-tools: [Read\n', 'allowed-tools: {a: b}\n', '\t: :\n']) {
      assert.equal(checkSafety(skillFiles({ 'SKILL.md': skill(header) })).passed, true);
    }
  });

  it('tells a command that runs by itself when it is new or other than before, in the text and in hooks', () => {
    const hooks = (command: string) =>
      `hooks:\n  PreToolUse:\n    - hooks:\n        - type: command\n          command: "${command}"\n`;
    const before = skillFiles({ 'SKILL.md': skill(hooks('lint'), 'Now: !`git status`') });
    assert.deepEqual(added(before, before, 'SAFE064'), []);
    const moved = skill(hooks('lint'), 'Later on. Now: !`git status`');
    assert.deepEqual(added(skillFiles({ 'SKILL.md': moved }), before, 'SAFE064'), []);
    const after = skillFiles({
      'SKILL.md': skill(hooks('lint --fix'), 'Now: !`git log`\n\n```!\nnode --version\n```'),
    });
    assert.deepEqual(added(after, before, 'SAFE064'), [
      'SKILL.md: The commands that the skill hooks into the agent are new or have changed.',
      'SKILL.md: A command that runs by itself when the skill is loaded is new or has changed.',
      'SKILL.md: A command that runs by itself when the skill is loaded is new or has changed.',
    ]);
    const talk = skillFiles({ 'SKILL.md': skill('', 'Write `!` before a command in code: `git log`.') });
    assert.deepEqual(added(talk, skillFiles({ 'SKILL.md': skill('') }), 'SAFE064'), []);
  });
});
