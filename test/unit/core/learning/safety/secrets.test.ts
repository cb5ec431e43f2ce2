import assert from 'node:assert/strict';
import { checkSecrets } from '../../../../../src/core/learning/safety/secrets.ts';
import { skillFiles } from '../../../../support/skill-files.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const TOKEN = ['ghp', 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join('_');
const OTHER = ['ghp', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z0A'].join('_');

describe('checkSecrets', () => {
  it('finds a token at its place and shows its value nowhere', async () => {
    const findings = await checkSecrets(skillFiles({ 'scripts/a.sh': `#!/bin/sh\nTOKEN=${TOKEN}\n` }));
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.deepEqual(
      [finding?.rule, finding?.tier, finding?.line, finding?.column, finding?.endColumn, finding?.added],
      ['SAFE070', 'critical', 1, 6, 46, true],
    );
    assert.ok(!JSON.stringify(findings).includes(TOKEN.slice(4, 12)));
  });

  it('is not switched off by a comment in the text', async () => {
    const text = `# secretlint-disable\nTOKEN=${TOKEN}\n`;
    assert.equal((await checkSecrets(skillFiles({ 'a.sh': text }))).length, 1);
  });

  it('tells a secret of the baseline from a new one', async () => {
    const before = skillFiles({ 'a.sh': `TOKEN=${TOKEN}\n` });
    const after = skillFiles({ 'b.sh': `\n\nTOKEN=${TOKEN}\nOTHER=${OTHER}\n` });
    assert.deepEqual(
      (await checkSecrets(after, before)).map(({ line, added }) => [line, added]),
      [
        [2, false],
        [3, true],
      ],
    );
  });

  it('only tells of a shape that a placeholder fills', async () => {
    const text = 'postgres://<DB_USER>:<DB_PASSWORD>@db:5432/notes\n';
    assert.deepEqual(
      (await checkSecrets(skillFiles({ 'SKILL.md': text }))).map(({ tier }) => tier),
      ['info'],
    );
  });

  it('only tells of the password of a test database on one’s own machine', async () => {
    const tiers = async (host: string): Promise<readonly string[]> =>
      (await checkSecrets(skillFiles({ 'SKILL.md': `postgres://notes:pencil@${host}/notes\n` }))).map(
        ({ tier }) => tier,
      );
    assert.deepEqual(await tiers('localhost:5432'), ['info']);
    assert.deepEqual(await tiers('localhost.comics.dev'), ['critical']);
    assert.deepEqual(await tiers('db.comics.dev'), ['critical']);
  });

  it('finds nothing in names and placeholders', async () => {
    const text = 'Set `GITHUB_TOKEN` to your token: ghp_xxxx, $GITHUB_TOKEN or AKIAIOSFODNN7EXAMPLE.\n';
    assert.deepEqual(await checkSecrets(skillFiles({ 'SKILL.md': text })), []);
  });

  it('leaves nothing behind in the process, however often it looks', async () => {
    const marks = () => performance.getEntriesByType('mark').length;
    const before = marks();
    for (let round = 0; round < 20; round++) await checkSecrets(skillFiles({ 'SKILL.md': 'Draw a line.\n' }));
    assert.equal(marks(), before);
  });
});
