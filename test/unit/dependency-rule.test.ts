import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { checkDependencies } from '../../scripts/dependency-rule.ts';
import { projectRoot } from '../../scripts/host/paths.ts';

/** A house in small: each file by its path, with the one line that it consists of. */
const SEEDED: Readonly<Record<string, string>> = {
  'src/base/errors.ts': 'export const errors = 1;',
  'src/core/ports.ts': "export { errors } from '../base/errors.ts';",
  'src/core/slo/window.ts': "export { errors } from '../../base/errors.ts';",
  'src/core/merge/lines.ts': "export { errors } from '../../core/ports.ts';",
  'src/core/merge/sees-a-domain.ts': "export { errors } from '../slo/window.ts';",
  'src/core/merge/opens-a-file.ts': "export { readFileSync } from 'node:fs';",
  'src/core/merge/sees-a-type.ts':
    "import type { errors } from '../slo/window.ts'; export type E = typeof errors;",
  'src/core/skills/sees-merge.ts': "export { errors } from '../merge/lines.ts';",
  'src/core/skills/imports-lazily.ts': "export const later = (): unknown => import('../mirror/sync.ts');",
  'src/core/mirror/sync.ts': 'export const sync = 1;',
  'src/node/sees-a-domain.ts': "export { errors } from '../core/merge/lines.ts';",
  'src/cli/sees-the-editor.ts': "export { window } from 'vscode';",
  'src/editor/tree.ts': "export { window } from 'vscode';",
  'src/somewhere/unnamed.ts': "export { errors } from '../base/errors.ts';",
  'webview-ui/review/sees-the-app.ts': "export { errors } from '../../src/core/merge/lines.ts';",
};

describe('the dependency rule', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'beaver-rule-'));

  before(() => {
    for (const [file, line] of Object.entries(SEEDED)) {
      mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(root, file), `${line}\n`);
    }
    writeFileSync(path.join(root, 'package.json'), '{"type":"module","dependencies":{"vscode":"1"}}');
    symlinkSync(path.join(projectRoot, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  });

  after(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('finds every seeded violation, types and lazy imports included, and nothing else', async () => {
    const { modules, violations } = await checkDependencies(root);
    assert.equal(modules, Object.keys(SEEDED).length);
    assert.deepEqual([...new Set(violations.map(({ from }) => from))].sort(), [
      'src/cli/sees-the-editor.ts',
      'src/core/merge/opens-a-file.ts',
      'src/core/merge/sees-a-domain.ts',
      'src/core/merge/sees-a-type.ts',
      'src/core/skills/imports-lazily.ts',
      'src/node/sees-a-domain.ts',
      'src/somewhere/unnamed.ts',
      'webview-ui/review/sees-the-app.ts',
    ]);
  });
});
