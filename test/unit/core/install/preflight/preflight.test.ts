import assert from 'node:assert/strict';
import * as path from 'node:path';
import { beaverHost } from '../../../../../src/core/install/preflight/host-profile.ts';
import { runPreflight } from '../../../../../src/core/install/preflight/preflight.ts';
import { MemoryFileSystem } from '../../../../support/memory-files.ts';
import { addFiles, PLUGIN, WORKSPACE } from '../../../../support/plugin-files.ts';
import { GOOD } from '../../../../support/preflight-cases.ts';

class Breaking extends MemoryFileSystem {
  override readDirectory(folder: string): ReturnType<MemoryFileSystem['readDirectory']> {
    return folder === PLUGIN ? Promise.reject(new RangeError('too deep')) : super.readDirectory(folder);
  }
}

describe('runPreflight', () => {
  it('checks the others though the checks fall over one plugin', async () => {
    const other = path.join(WORKSPACE, 'plugins', 'other');
    const broken = new Breaking();
    for (const root of [PLUGIN, other]) await addFiles(broken, GOOD, root);
    const plugins = [PLUGIN, other].map((root) => ({ root, market: undefined, entries: [] }));
    const options = { base: WORKSPACE, version: '1.0.0', host: beaverHost('1.0.0') };
    const report = await runPreflight(broken, { marketplaces: [], plugins, empty: [] }, options);
    assert.deepEqual(
      report.targets.map(({ path: at, status, findings }) => [at, status, findings.map(({ code }) => code)]),
      [
        ['plugins/comic', 'failed', ['PF-PLUGIN-UNREADABLE']],
        ['plugins/other', 'passed', []],
      ],
    );
  });
});
