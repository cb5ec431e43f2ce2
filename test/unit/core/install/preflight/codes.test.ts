import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { preflightPaths } from '../../../../../src/app/preflight.ts';
import { type OwnCode, PREFLIGHT_CODES } from '../../../../../src/core/install/preflight/codes.ts';
import { beaverHost } from '../../../../../src/core/install/preflight/host-profile.ts';
import type { PreflightReport } from '../../../../../src/core/install/preflight/report.ts';
import { preflightReportSchema } from '../../../../../src/core/install/preflight/report.ts';
import { NodeFileSystem } from '../../../../../src/node/node-files.ts';
import { CASES, GOOD, type PreflightCase } from '../../../../support/preflight-cases.ts';

/** Those whose cause cannot be written down as a tree; plugin-preflight.test.ts has them. */
const ELSEWHERE: readonly OwnCode[] = [
  'PF-PLUGIN-UNREADABLE',
  'PF-PATH-SPECIAL',
  'PF-SIZE-FILES',
  'PF-SIZE-BYTES',
];

const isCode = (code: string): code is OwnCode => Object.hasOwn(PREFLIGHT_CODES, code);

describe('the codes of the preflight', function () {
  this.timeout(20_000);
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'beaver-preflight-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));

  async function check({
    tree,
    links = {},
  }: Pick<PreflightCase, 'tree' | 'links'>): Promise<PreflightReport> {
    for (const [name, content] of Object.entries(tree)) {
      if (content === undefined) continue;
      const file = path.join(root, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
    for (const [name, target] of Object.entries(links)) {
      const file = path.join(root, ...name.split('/'));
      await mkdir(path.dirname(file), { recursive: true });
      await symlink(target, file);
    }
    return preflightPaths(new NodeFileSystem(), {
      base: root,
      paths: [root],
      version: '0.1.0',
      host: beaverHost('0.1.0'),
    });
  }

  it('are not found in a good plugin', async () => {
    const report = await check({ tree: GOOD });
    assert.deepEqual(
      report.targets.flatMap(({ findings }) => findings),
      [],
    );
    assert.equal(report.passed, true);
    assert.deepEqual(report.targets[0]?.skills, ['skills/comic']);
  });

  for (const [code, example] of Object.entries(CASES)) {
    if (!isCode(code) || ELSEWHERE.includes(code)) continue;
    it(`${code} is found where it is, with its severity and a next step`, async () => {
      const report = preflightReportSchema.parse(await check(example));
      const all = report.targets.flatMap(({ findings }) => findings);
      const found = all.filter((finding) => finding.code === code);
      const places = found.map(({ file, field }) =>
        `${file}:${field.line}:${field.column} ${field.pointer ?? ''}`.trim(),
      );
      assert.deepEqual(places, [example.at], JSON.stringify(all, undefined, 1));
      const [first] = found;
      assert.ok(first !== undefined);
      const { severity } = PREFLIGHT_CODES[code];
      assert.equal(first.severity, severity);
      assert.equal(first.blocking, severity === 'error');
      assert.ok(first.next_step.length > 0 && !first.message.includes(root));
      assert.equal(
        report.passed,
        all.every((finding) => finding.severity !== 'error'),
      );
    });
  }
});
