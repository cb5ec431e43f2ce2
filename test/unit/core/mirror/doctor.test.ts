import assert from 'node:assert/strict';
import { appendFile, cp, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { doctorPayload } from '../../../../src/app/payloads.ts';
import { BeaverError, isBeaverError } from '../../../../src/base/errors.ts';
import {
  changeJson,
  copyOf,
  digests,
  findings,
  healthyWorkspace,
  type HealthyWorkspace,
  isRecord,
  lose,
  QuickFiles,
  quickPorts,
} from '../../../support/doctored-workspace.ts';
import type { TempWorkspace } from '../../../support/temp-workspace.ts';

const STATE = '.beaver/plugins/state.json';
const PLACEMENTS = '.beaver/plugins/placements.json';
const CANDIDATES = '.beaver/learning/candidates.jsonl';
const AUDIT = '.beaver/learning/audit.jsonl';
const STAGING = '.beaver/staging/plugin-skills';
const LINT = 'skills/lint';
const TARGET = '.agents/skills/lint';

describe('the doctor', () => {
  let healthy: HealthyWorkspace;
  let temp: TempWorkspace;
  before(async () => {
    healthy = await healthyWorkspace();
  });
  beforeEach(async () => {
    temp = await copyOf(healthy);
  });
  afterEach(() => temp.dispose());
  after(() => healthy.temp.dispose());

  const draftFile = () => `.beaver/learning/drafts/${healthy.draftId}/draft.json`;
  const found = () => findings(temp.open(quickPorts()));
  const change = (file: string, changes: Record<string, unknown>) =>
    changeJson(temp, file, (value) => ({ ...value, ...changes }));
  const tear = async (file: string) => {
    const text = await temp.text(file);
    await writeFile(temp.path(file), text.slice(0, text.length / 2));
  };

  /** Changes what a plugin is said to have of a skill. */
  const changeBinding = (plugin: string, skill: string, changes: Record<string, unknown>) =>
    changePlugin(plugin, (state) => {
      const skills = isRecord(state['skills']) ? state['skills'] : {};
      const binding = isRecord(skills[skill]) ? skills[skill] : {};
      return { ...state, skills: { ...skills, [skill]: { ...binding, ...changes } } };
    });
  const changePlugin = (plugin: string, alter: (state: Record<string, unknown>) => Record<string, unknown>) =>
    changeJson(temp, STATE, (file) => {
      const plugins = isRecord(file['plugins']) ? file['plugins'] : {};
      const state = plugins[plugin];
      assert.ok(isRecord(state));
      return { ...file, plugins: { ...plugins, [plugin]: alter(state) } };
    });
  const upstream = async (skill: string, plugin: string) => {
    const [hash] = await readdir(temp.path(`skills/${skill}/upstreams/${plugin}`));
    assert.ok(hash !== undefined);
    return `skills/${skill}/upstreams/${plugin}/${hash}`;
  };

  /** `--fix` ends exactly this finding, and of versions, snapshots and drafts not a byte is lost. */
  async function isFixed(code: string): Promise<void> {
    const before = await kept();
    const { findings: left, fixed } = doctorPayload.parse(
      await temp.open(quickPorts()).doctor({ fix: true }),
    );
    assert.deepEqual([left, fixed], [[], [code]]);
    const after = await digests(temp);
    for (const [file, digest] of before) assert.equal(after.get(file), digest, `${file} changed`);
    assert.deepEqual(await found(), []);
  }

  /** `--fix` says what it said before, and changes nothing at all. */
  async function isLeft(...expected: readonly string[]): Promise<void> {
    const before = await digests(temp);
    const { findings: left, fixed } = await temp.open(quickPorts()).doctor({ fix: true });
    assert.deepEqual(
      left.map((finding) => `${finding.code} ${finding.path}`),
      expected,
    );
    assert.deepEqual(fixed, []);
    assert.deepEqual(await digests(temp), before);
  }

  async function kept(): Promise<ReadonlyMap<string, string>> {
    const all = await digests(temp);
    return new Map(
      [...all].filter(([file]) =>
        /^(skills\/.*\/(versions|upstreams)|plugins|\.beaver\/learning\/drafts)\//.test(file),
      ),
    );
  }

  it('finds nothing in a healthy workspace, in an empty one, and changes neither', async () => {
    const before = await digests(temp);
    assert.deepEqual(await found(), []);
    assert.deepEqual(await temp.open(quickPorts()).doctor({ fix: true }), { findings: [], fixed: [] });
    assert.deepEqual(await digests(temp), before);
    await lose(temp, '.');
    await mkdir(temp.root);
    assert.deepEqual(await found(), []);
    assert.deepEqual(await readdir(temp.root), []);
  });

  it('changes nothing where it only looks, and says of what it could repair what it would do', async () => {
    await lose(temp, 'skills/index.json');
    await lose(temp, TARGET);
    await appendFile(temp.path(AUDIT), '{"torn');
    const before = await digests(temp);
    const { findings: seen, fixed } = doctorPayload.parse(await temp.open(quickPorts()).doctor());
    assert.deepEqual(
      seen.map((finding) => finding.code),
      ['target_missing', 'jsonl_torn', 'index_outdated'],
    );
    for (const { next_step } of seen) assert.match(next_step, /^Run "beaver doctor --fix": it would .+\.$/);
    assert.deepEqual(fixed, []);
    assert.deepEqual(await digests(temp), before);
    assert.deepEqual((await temp.open(quickPorts()).doctor({ fix: true })).fixed, [
      'index_outdated',
      'jsonl_torn',
      'target_missing',
    ]);
  });

  it('tells nothing that was only so while another process was writing', async () => {
    /** Finds no index at the first look, as if it were just being written. */
    class MovingFiles extends QuickFiles {
      #looks = 0;

      override async readFile(file: string, maxBytes?: number): Promise<Uint8Array | undefined> {
        if (file.endsWith('index.json') && this.#looks++ === 0) return undefined;
        return super.readFile(file, maxBytes);
      }
    }
    const ports = { ...quickPorts(), files: new MovingFiles() };
    assert.deepEqual(await findings(temp.open(ports)), []);
  });

  describe('of versions and snapshots', () => {
    const damages: readonly (readonly [what: string, damage: () => Promise<unknown>])[] = [
      ['was changed', () => appendFile(temp.path(`${LINT}/versions/v0001/bin/lint.sh`), 'echo more\n')],
      ['was added', () => writeFile(temp.path(`${LINT}/versions/v0001/extra.md`), 'x')],
      ['was removed', () => lose(temp, `${LINT}/versions/v0001/bin/lint.sh`)],
      ['is missing that makes it a skill', () => lose(temp, `${LINT}/versions/v0001/SKILL.md`)],
    ];
    for (const [what, damage] of damages) {
      it(`tells a version in which a file ${what}`, async () => {
        await damage();
        await isLeft(`version_damaged ${LINT}/versions/v0001`);
      });
    }

    it('tells a version that describes itself as another one', async () => {
      await change(`${LINT}/versions/v0001/version.json`, { version: 'v0007' });
      await isLeft(`version_damaged ${LINT}/versions/v0001`);
    });

    it('tells a version whose description is torn, or gone', async () => {
      await tear(`${LINT}/versions/v0001/version.json`);
      await isLeft(`stored_file_unreadable ${LINT}/versions/v0001/version.json`);
      await lose(temp, `${LINT}/versions/v0001/version.json`);
      await isLeft(`version_undescribed ${LINT}/versions/v0001/version.json`);
    });

    it('tells a snapshot that was changed, and one without its description', async () => {
      const lint = await upstream('lint', 'tools');
      const legacy = await upstream('legacy', 'old');
      await appendFile(temp.path(`${lint}/SKILL.md`), 'more\n');
      await lose(temp, `${legacy}/upstream.json`);
      await isLeft(`upstream_damaged ${legacy}`, `upstream_damaged ${lint}`);
    });

    it('tells a snapshot that a link, an update and a draft need, once', async () => {
      const hashes = await readdir(temp.path('skills/notes/upstreams/kit'));
      assert.equal(hashes.length, 2);
      for (const hash of hashes) await lose(temp, `skills/notes/upstreams/kit/${hash}`);
      await isLeft(...hashes.sort().map((hash) => `upstream_missing skills/notes/upstreams/kit/${hash}`));
    });

    it('tells a version that is not the current one and is needed', async () => {
      await lose(temp, 'skills/notes/versions/v0001');
      await isLeft('version_missing skills/notes/versions/v0001');
    });
  });

  describe('of descriptions, pointers and the index', () => {
    it('tells a pointer to a version that is gone', async () => {
      await lose(temp, `${LINT}/versions/v0001`);
      await isLeft(`pointer_version_missing ${LINT}/current.json`);
    });

    it('tells a pointer that names other content than the version', async () => {
      await change(`${LINT}/current.json`, { tree_hash: 'ab'.repeat(32) });
      await isLeft(`pointer_mismatch ${LINT}/current.json`);
    });

    it('tells a pointer or a description that is gone', async () => {
      await lose(temp, `${LINT}/current.json`);
      await isLeft(`pointer_missing ${LINT}/current.json`);
      await lose(temp, LINT);
      await cp(healthy.temp.path(LINT), temp.path(LINT), { recursive: true });
      await lose(temp, `${LINT}/skill.json`);
      await isLeft(`skill_description_missing ${LINT}/skill.json`);
    });

    it('tells a description and a pointer of another skill', async () => {
      await change(`${LINT}/skill.json`, { skill_name: 'other' });
      await change('skills/notes/current.json', { skill_name: 'other' });
      await isLeft(`name_mismatch ${LINT}/skill.json`, 'name_mismatch skills/notes/current.json');
    });

    it('repairs an index that says something else, or something of a skill that is not there', async () => {
      await changeJson(temp, 'skills/index.json', (index) => {
        const skills = isRecord(index['skills']) ? index['skills'] : {};
        return { ...index, skills: { ...skills, ghost: skills['lint'], lint: undefined } };
      });
      assert.deepEqual(await found(), ['index_outdated skills/index.json']);
      await isFixed('index_outdated');
      assert.equal(await temp.text('skills/index.json'), await healthy.temp.text('skills/index.json'));
    });

    it('repairs an index that is gone, or cannot be read, and keeps what could not', async () => {
      await lose(temp, 'skills/index.json');
      await isFixed('index_outdated');
      await tear('skills/index.json');
      const torn = await temp.text('skills/index.json');
      assert.deepEqual(await found(), ['index_unreadable skills/index.json']);
      await isFixed('index_unreadable');
      assert.equal(await temp.text('skills/index.json'), await healthy.temp.text('skills/index.json'));
      assert.equal(await temp.text('skills/index.json.damaged'), torn);
    });
  });

  describe('of files of a newer Beaver', () => {
    const files: readonly (readonly [file: () => string | Promise<string>, code: string])[] = [
      [() => `${LINT}/skill.json`, 'schema_newer'],
      [() => `${LINT}/current.json`, 'schema_newer'],
      [() => `${LINT}/versions/v0001/version.json`, 'schema_newer'],
      [async () => `${await upstream('lint', 'tools')}/upstream.json`, 'schema_newer'],
      [() => 'skills/index.json', 'schema_newer'],
      [() => STATE, 'schema_newer'],
      [() => PLACEMENTS, 'schema_newer'],
      [() => draftFile(), 'schema_newer'],
    ];
    for (const [name, code] of files) {
      it(`tells ${name.toString().replace(/^.*=> /, '')} and leaves it as it is`, async () => {
        const file = await name();
        await change(file, { schema_version: 99 });
        await isLeft(`${code} ${file}`);
      });
    }

    it('tells a candidate and leaves the list as it is', async () => {
      const text = await temp.text(CANDIDATES);
      await writeFile(temp.path(CANDIDATES), text.replace('"schema_version":1', '"schema_version":99'));
      await isLeft(`schema_newer ${CANDIDATES}`);
    });
  });

  describe('of links', () => {
    it('tells a state that cannot be read', async () => {
      await tear(STATE);
      await isLeft(`stored_file_unreadable ${STATE}`);
    });

    it('repairs a link that says another version is current', async () => {
      await changeBinding('kit', 'notes', { current_beaver_version: 'v0001' });
      assert.deepEqual(await found(), [`binding_outdated ${STATE}`]);
      await isFixed('binding_outdated');
      assert.equal(await temp.text(STATE), await healthy.temp.text(STATE));
    });

    it('tells a link that waits for an update that is not there', async () => {
      await changeBinding('tools', 'lint', { pending_candidate_id: 'plugin-update:tools:lint:0' });
      await isLeft(`binding_candidate_missing ${STATE}`);
    });

    it('tells a linked skill that is gone from the store', async () => {
      await lose(temp, LINT);
      await lose(temp, TARGET);
      assert.deepEqual(await found(), ['index_outdated skills/index.json', `linked_skill_missing ${LINT}`]);
      const { findings: left, fixed } = await temp.open(quickPorts()).doctor({ fix: true });
      assert.deepEqual(
        [left.map((finding) => finding.code), fixed],
        [['linked_skill_missing'], ['index_outdated']],
      );
    });

    it('tells a skill of two plugins, of none, and one that is said to be ours', async () => {
      const owned = `ownership_mismatch ${LINT}/skill.json`;
      await changeBinding('old', 'lint', { current_beaver_version: 'v0001', status: 'synced' });
      await isLeft(owned);
      await cp(healthy.temp.path(STATE), temp.path(STATE));
      await changePlugin('tools', (state) => ({ ...state, skills: {} }));
      await isLeft(owned);
      await cp(healthy.temp.path(STATE), temp.path(STATE));
      await change(`${LINT}/skill.json`, { source_kind: 'managed' });
      assert.deepEqual(await found(), ['index_outdated skills/index.json', owned]);
    });
  });

  describe('of candidates and drafts', () => {
    it('tells an update of a skill that is not in the store', async () => {
      const line = (await temp.text(CANDIDATES)).split('\n')[0] ?? '';
      await appendFile(
        temp.path(CANDIDATES),
        `${line.replaceAll('notes', 'ghost').replace(healthy.draftId, 'draft-0')}\n`,
      );
      assert.deepEqual(
        new Set(await found()),
        new Set([`candidate_skill_missing ${CANDIDATES}`, `candidate_draft_missing ${CANDIDATES}`]),
      );
    });

    it('tells an update whose draft is gone', async () => {
      await lose(temp, `.beaver/learning/drafts/${healthy.draftId}`);
      await isLeft(`candidate_draft_missing ${CANDIDATES}`);
    });

    it('tells a draft whose update is gone', async () => {
      await change(draftFile(), { candidate_id: 'plugin-update:kit:notes:0' });
      await isLeft(`draft_candidate_missing .beaver/learning/drafts/${healthy.draftId}`);
    });

    it('tells a draft that cannot be read', async () => {
      await tear(draftFile());
      await isLeft(`stored_file_unreadable ${draftFile()}`);
    });

    it('tells a text of the reviewer that was changed', async () => {
      const texts = `.beaver/learning/drafts/${healthy.draftId}/texts`;
      const [text] = await readdir(temp.path(texts));
      assert.ok(text !== undefined);
      await appendFile(temp.path(`${texts}/${text}`), 'more');
      await isLeft(`draft_damaged ${texts}/${text}`);
    });

    for (const file of [CANDIDATES, AUDIT]) {
      it(`repairs torn lines of ${file}, and keeps them beside it byte for byte`, async () => {
        const whole = await readFile(temp.path(file));
        const torn = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x00]);
        await writeFile(temp.path(file), Buffer.concat([whole, torn]));
        assert.deepEqual(await found(), [`jsonl_torn ${file}`]);
        await isFixed('jsonl_torn');
        assert.deepEqual(await readFile(temp.path(file)), whole);
        assert.deepEqual(
          await readFile(temp.path(`${file}.damaged`)),
          Buffer.concat([torn, Buffer.from('\n')]),
        );
      });

      it(`ends a last line of ${file} that was not ended, and keeps it`, async () => {
        const whole = await readFile(temp.path(file));
        await writeFile(temp.path(file), whole.subarray(0, -1));
        assert.deepEqual(await found(), [`jsonl_torn ${file}`]);
        await isFixed('jsonl_torn');
        assert.deepEqual(await readFile(temp.path(file)), whole);
      });
    }
  });

  describe('of what agents read', () => {
    it('repairs a skill that is not there', async () => {
      await lose(temp, TARGET);
      assert.deepEqual(await found(), [`target_missing ${TARGET}`]);
      await isFixed('target_missing');
      assert.deepEqual(await digests(temp, TARGET), await digests(healthy.temp, TARGET));
    });

    it('repairs a skill of an older version that nobody has edited', async () => {
      const target = '.agents/skills/notes';
      const old: unknown = JSON.parse(await temp.text('skills/notes/versions/v0001/version.json'));
      await lose(temp, target);
      await cp(temp.path('skills/notes/versions/v0001'), temp.path(target), { recursive: true });
      await lose(temp, `${target}/version.json`);
      await changeJson(temp, PLACEMENTS, (file) => {
        const targets = isRecord(file['targets']) ? file['targets'] : {};
        const agents = isRecord(targets['.agents/skills']) ? targets['.agents/skills'] : {};
        const notes = { version: 'v0001', tree_hash: isRecord(old) ? old['tree_hash'] : '' };
        return { ...file, targets: { ...targets, '.agents/skills': { ...agents, notes } } };
      });
      assert.deepEqual(await found(), [`target_outdated ${target}`]);
      await isFixed('target_outdated');
      assert.deepEqual(await digests(temp, target), await digests(healthy.temp, target));
    });

    it('tells local edits and leaves them where they are', async () => {
      await appendFile(temp.path(`${TARGET}/SKILL.md`), 'Ask first.\n');
      await isLeft(`local_edits_found ${TARGET}`);
    });

    it('tells a folder of somebody else in the way and leaves it where it is', async () => {
      await changeJson(temp, PLACEMENTS, (file) => ({ ...file, targets: {} }));
      await appendFile(temp.path(`${TARGET}/SKILL.md`), 'Not of Beaver.\n');
      await isLeft(`target_occupied ${TARGET}`);
    });

    it('takes out a disabled skill that still stands there', async () => {
      const target = '.agents/skills/legacy';
      const version: unknown = JSON.parse(await temp.text('skills/legacy/versions/v0001/version.json'));
      await cp(temp.path('skills/legacy/versions/v0001'), temp.path(target), { recursive: true });
      await lose(temp, `${target}/version.json`);
      await changeJson(temp, PLACEMENTS, (file) => {
        const targets = isRecord(file['targets']) ? file['targets'] : {};
        const agents = isRecord(targets['.agents/skills']) ? targets['.agents/skills'] : {};
        const legacy = { version: 'v0001', tree_hash: isRecord(version) ? version['tree_hash'] : '' };
        return { ...file, targets: { ...targets, '.agents/skills': { ...agents, legacy } } };
      });
      assert.deepEqual(await found(), [`target_not_removed ${target}`]);
      await isFixed('target_not_removed');
      assert.equal((await readdir(temp.path('.agents/skills'))).includes('legacy'), false);
    });

    it('tells a target outside the workspace', async () => {
      const beaver = temp.open(quickPorts(), { runtimeTargets: ['.agents/skills', '../elsewhere'] });
      assert.deepEqual(await findings(beaver), ['target_outside_workspace ../elsewhere']);
    });

    it('leaves a skill alone whose version to place is damaged', async () => {
      await lose(temp, TARGET);
      await appendFile(temp.path(`${LINT}/versions/v0001/SKILL.md`), 'x');
      const expected = [`target_missing ${TARGET}`, `version_damaged ${LINT}/versions/v0001`];
      await isLeft(...expected);
    });
  });

  describe('of interrupted changes', () => {
    /** A disk that refuses the promotion of one folder, after the change was committed. */
    class RefusingFiles extends QuickFiles {
      override async rename(from: string, to: string): Promise<void> {
        if (to.endsWith('late')) throw Object.assign(new Error('refused'), { code: 'EIO' });
        await super.rename(from, to);
      }
    }

    it('completes one that was committed, and says nothing of what it explains', async () => {
      await temp.plugin('new', '1.0.0', {
        late: { 'SKILL.md': '---\nname: late\ndescription: Late\n---\n' },
      });
      const ports = { ...quickPorts(), files: new RefusingFiles() };
      await assert.rejects(temp.open(ports).plugins.enable(['new']));
      const [folder] = await readdir(temp.path(STAGING));
      assert.deepEqual(await found(), [`transaction_unfinished ${STAGING}/${folder ?? ''}`]);
      await isFixed('transaction_unfinished');
      assert.equal((await temp.open(quickPorts()).skills.show('late')).skill.current_version, 'v0001');
    });

    it('sweeps up staging that is older than a day, and leaves what is younger', async () => {
      for (const name of ['old', 'young'])
        await mkdir(temp.path(`${STAGING}/${name}/skills`), { recursive: true });
      const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
      await utimes(temp.path(`${STAGING}/old`), yesterday, yesterday);
      assert.deepEqual(await found(), [`staging_leftover ${STAGING}/old`]);
      await isFixed('staging_leftover');
      assert.deepEqual(await readdir(temp.path(STAGING)), ['young']);
    });

    it('removes what an interrupted write left beside its file, and no file of a skill that is named so', async () => {
      const left = [
        'skills/index.json.tmp',
        `${LINT}/current.json.tmp`,
        `${STATE}.tmp`,
        `${CANDIDATES}.tmp`,
        `${draftFile()}.tmp`,
      ];
      for (const file of left) await writeFile(temp.path(file), '{"schema_ver');
      await writeFile(temp.path('skills/notes.tmp'), 'mine');
      assert.deepEqual(await found(), left.map((file) => `temporary_leftover ${file}`).sort());
      const { fixed } = await temp.open(quickPorts()).doctor({ fix: true });
      assert.deepEqual(
        fixed,
        left.map(() => 'temporary_leftover'),
      );
      assert.deepEqual(await found(), []);
      assert.equal(await temp.text('skills/notes.tmp'), 'mine');
    });

    it('tells a journal that cannot be read, which stops every writer, and fails no repair because of it', async () => {
      await mkdir(temp.path(`${STAGING}/t1`), { recursive: true });
      await writeFile(temp.path(`${STAGING}/t1/commit.json`), '{"schema_version":1,');
      await lose(temp, 'skills/index.json');
      await isLeft(`stored_file_unreadable ${STAGING}/t1/commit.json`, 'index_outdated skills/index.json');
    });

    it('repairs nothing while another writer holds the lock', async () => {
      await lose(temp, 'skills/index.json');
      const busy = {
        run: () => Promise.reject(new BeaverError('plugin_write_busy', 'Busy.', { nextStep: 'Wait.' })),
      };
      const beaver = temp.open({ ...quickPorts(), lock: busy });
      await assert.rejects(beaver.doctor({ fix: true }), (error) =>
        isBeaverError(error, 'plugin_write_busy'),
      );
      assert.deepEqual(await findings(beaver), ['index_outdated skills/index.json']);
    });
  });
});
