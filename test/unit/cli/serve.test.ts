import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { pluginListPayload, pluginPayload, syncPayload } from '../../../src/app/payloads.ts';
import { failureSchema } from '../../../src/cli/answer-schemas.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { WorkspaceLayout } from '../../../src/core/layout.ts';
import { nodePorts } from '../../../src/node/node-ports.ts';
import { type HttpAnswer, type HttpRequest, ServedWorkspace } from '../../support/served-workspace.ts';
import { skillText, TempWorkspace, type Texts } from '../../support/temp-workspace.ts';

const doc = (name: string, use = 'First.'): string => skillText(name, { Use: use });

/** The command on a real process, over HTTP: the routes and statuses of spec/3 Task 11. */
describe('beaver serve', function () {
  this.timeout(60_000);
  let temp: TempWorkspace;
  let outside: string;
  let home: string;
  let served: ServedWorkspace;

  before(async () => {
    temp = await TempWorkspace.create();
    home = await mkdtemp(path.join(tmpdir(), 'beaver-home-'));
    outside = await mkdtemp(path.join(tmpdir(), 'beaver-outside-'));
    const settings = JSON.stringify({ 'beaver.pluginSearchPaths': [outside] });
    await temp.write('.vscode', { 'settings.json': settings });
    await temp.plugin('kit', '1.0.0', { one: { 'SKILL.md': doc('one') }, two: { 'SKILL.md': doc('two') } });
    await temp.plugin('rival', '1.0.0', { one: { 'SKILL.md': doc('one', 'Another.') } });
    await temp.write('plugins/broken', { 'beaver.plugin.json': '{' });
    const skills = [{ name: 'three', path: 'skills/three' }];
    const manifest = { schema_version: 1, id: 'far', name: 'far', version: '1.0.0', skills };
    const far: Texts = {
      'beaver.plugin.json': JSON.stringify(manifest),
      'skills/three/SKILL.md': doc('three'),
      'skills/three/version.json': '{}',
    };
    for (const [file, content] of Object.entries(far)) {
      const target = path.join(outside, 'far', file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    served = await ServedWorkspace.start(temp.root, { BEAVER_HOME: home });
  });
  after(async () => {
    await served.stop();
    await temp.dispose();
    await rm(home, { recursive: true, force: true });
    await rm(outside, { recursive: true, force: true });
  });

  /** What must hold of every answer, whatever it is. */
  function sound(answer: HttpAnswer): HttpAnswer {
    for (const place of [temp.root, outside, home, tmpdir(), homedir(), served.token])
      assert(!answer.text.includes(place), `${answer.text} tells what must not leave`);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    return answer;
  }
  async function ok<T>(schema: z.ZodType<T>, answer: Promise<HttpAnswer>): Promise<T> {
    const { status, json, text: said } = sound(await answer);
    assert.equal(status, 200, said);
    return schema.parse(json);
  }
  async function refused(status: number, code: string, answer: Promise<HttpAnswer>): Promise<HttpAnswer> {
    const got = sound(await answer);
    assert.deepEqual([got.status, failureSchema.parse(got.json).error.code], [status, code], got.text);
    return got;
  }
  /** What the command line prints for the same. */
  async function cli(...args: readonly string[]): Promise<unknown> {
    let out = '';
    const terminal = {
      cwd: temp.root,
      env: {},
      interactive: false,
      out: (said: string) => void (out += said),
      err: () => undefined,
      input: () => Promise.resolve(new Uint8Array()),
    };
    await runCli([...args, '--json'], terminal, {
      open: async (request) => (await import('../../../src/cli/open-workspace.ts')).openWorkspace(request),
    });
    return JSON.parse(out);
  }

  describe('its routes', () => {
    it('GET /api/plugins lists what the command line lists', async () => {
      const list = await ok(pluginListPayload, served.send('/api/plugins'));
      assert.deepEqual(list, await cli('plugins', 'list'));
      assert.deepEqual(
        list.plugins.map(({ id, manifest_path }) => [id, manifest_path]),
        [
          ['kit', 'plugins/kit/beaver.plugin.json'],
          ['rival', 'plugins/rival/beaver.plugin.json'],
        ],
      );
      const broken = list.errors.map((error) => error.path);
      assert(broken.includes('plugins/broken/beaver.plugin.json'));
      assert(
        broken.some((place) => place.startsWith('<external>/far')),
        'a folder outside is told by its last part',
      );
    });

    it('POST enable, pause, resume answer the plugin as it is then', async () => {
      const enabled = await ok(pluginPayload, served.post('/api/plugins/kit/enable'));
      assert.deepEqual(
        [enabled.id, enabled.enabled, enabled.skills.map(({ name }) => name)],
        ['kit', true, ['one', 'two']],
      );
      const paused = await ok(pluginPayload, served.post('/api/plugins/kit/pause'));
      assert.deepEqual([paused.updates_paused, paused.status], [true, 'paused']);
      const resumed = await ok(pluginPayload, served.post('/api/plugins/kit/resume', {}));
      assert.deepEqual(resumed, await listed('kit'));
      assert.equal(resumed.updates_paused, false);
    });

    it('POST sync answers the report and the plugins; a broken plugin is among the errors and hides no other', async () => {
      await temp.plugin('kit', '1.1.0', {
        one: { 'SKILL.md': doc('one', 'Second.') },
        two: { 'SKILL.md': doc('two') },
      });
      const { sync, plugins, errors } = await ok(syncPayload, served.post('/api/plugins/sync'));
      assert.equal(sync.status, 'synced');
      assert.equal(sync.candidates_created.length, 1);
      assert.equal(plugins.find(({ id }) => id === 'kit')?.skills[0]?.status, 'update_pending');
      assert(errors.length >= 1);
    });

    it('POST adopt answers the plugin without the skill', async () => {
      const adopted = await ok(pluginPayload, served.post('/api/plugins/kit/skills/two/adopt'));
      assert.deepEqual(
        adopted.skills.map(({ name, current_beaver_version }) => [name, current_beaver_version]),
        (await listed('kit')).skills.map(({ name, current_beaver_version }) => [
          name,
          current_beaver_version,
        ]),
      );
      assert.equal(
        (await temp.open().skills.show('two')).skill.source_kind,
        'managed',
        'the skill is its own from now on',
      );
    });

    it('POST disable needs the confirmation in so many words', async () => {
      const disable = '/api/plugins/kit/disable';
      await refused(400, 'confirmation_missing', served.post(disable));
      await refused(400, 'confirmation_missing', served.post(disable, { disable_linked_skills: false }));
      await refused(400, 'invalid_body', served.post(disable, { disable_linked_skills: 'true' }));
      await refused(400, 'invalid_body', served.post(disable, { disable_linked_skills: true, force: true }));
      assert.equal((await listed('kit')).enabled, true);
      const disabled = await ok(pluginPayload, served.post(disable, { disable_linked_skills: true }));
      assert.equal(disabled.enabled, false);
      await ok(pluginPayload, served.post('/api/plugins/kit/enable'));
    });

    async function listed(id: string) {
      const { plugins } = await ok(pluginListPayload, served.send('/api/plugins'));
      const found = plugins.find((plugin) => plugin.id === id);
      assert(found !== undefined);
      return found;
    }
  });

  describe('its statuses', () => {
    for (const route of ['enable', 'pause', 'resume', 'disable', 'skills/one/adopt']) {
      it(`404 where there is no such plugin: ${route}`, async () => {
        const sent = route === 'disable' ? { disable_linked_skills: true } : undefined;
        await refused(404, 'plugin_unknown', served.post(`/api/plugins/nobody/${route}`, sent));
      });
    }

    it('404 where the plugin has no such skill', async () => {
      await refused(404, 'skill_not_linked', served.post('/api/plugins/kit/skills/nine/adopt'));
    });

    it('409 where the skill is already another plugin’s', async () => {
      await refused(409, 'skill_name_taken', served.post('/api/plugins/rival/enable'));
    });

    it('409 where the plugin is not enabled', async () => {
      await temp.plugin('idle', '1.0.0', { five: { 'SKILL.md': doc('five') } });
      await ok(pluginPayload, served.post('/api/plugins/idle/enable'));
      await ok(pluginPayload, served.post('/api/plugins/idle/disable', { disable_linked_skills: true }));
      await refused(409, 'plugin_not_enabled', served.post('/api/plugins/idle/pause'));
    });

    it('400 where the manifest cannot be used, with what is off', async () => {
      const { json } = sound(await served.post('/api/plugins/broken/enable'));
      const { error } = failureSchema.parse(json);
      assert.equal((await served.post('/api/plugins/broken/enable')).status, 400);
      assert.match(error.code, /^manifest_/);
    });

    it('400 where a skill of the plugin cannot be mirrored', async () => {
      const answer = sound(await served.post('/api/plugins/far/enable'));
      assert.equal(answer.status, 400, answer.text);
    });

    it('409 plugin_write_busy while another writer holds the lock, for every route that writes; reading goes on', async () => {
      const { lock } = nodePorts();
      await lock.run(new WorkspaceLayout(temp.root).writeLock, 'hold', { kind: 'never' }, async () => {
        for (const route of ['sync', 'kit/enable', 'kit/pause', 'kit/resume', 'kit/skills/one/adopt'])
          await refused(409, 'plugin_write_busy', served.post(`/api/plugins/${route}`));
        const confirmed = { disable_linked_skills: true };
        await refused(409, 'plugin_write_busy', served.post('/api/plugins/kit/disable', confirmed));
        await ok(pluginListPayload, served.send('/api/plugins'));
      });
    });

    it('404 for other routes, 405 for other methods', async () => {
      for (const route of ['/', '/api', '/api/plugins/kit', '/api/skills', '/token'])
        await refused(404, 'route_unknown', served.send(route));
      await refused(404, 'route_unknown', served.post('/api/plugins/kit/publish'));
      const answer = await refused(405, 'method_not_allowed', served.send('/api/plugins/kit/enable'));
      assert.equal(answer.headers['allow'], 'POST');
      await refused(405, 'method_not_allowed', served.post('/api/plugins'));
      await refused(405, 'method_not_allowed', served.send('/api/plugins', { method: 'DELETE' }));
    });

    it('takes a plugin id for a name and never for a path', async () => {
      for (const id of ['..%2F..%2Fetc', '%2e%2e', 'kit%00', '%E0%A4%A', 'a'.repeat(5000)]) {
        const { status } = sound(await served.post(`/api/plugins/${id}/enable`));
        assert.equal(status, 404, id);
      }
    });

    it('400, 413 and 415 for bodies that are not what the route takes', async () => {
      const sync = (part: HttpRequest) => served.send('/api/plugins/sync', { method: 'POST', ...part });
      await refused(400, 'invalid_json', sync({ body: '{' }));
      await refused(400, 'invalid_body', sync({ body: '[]' }));
      await refused(400, 'invalid_body', sync({ body: '{"force":true}' }));
      await refused(413, 'body_too_large', sync({ body: JSON.stringify({ a: 'x'.repeat(20_000) }) }));
      const chunked = { 'transfer-encoding': 'chunked' };
      await refused(413, 'body_too_large', sync({ body: ' '.repeat(20_000), headers: chunked }));
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', undefined])
        await refused(
          415,
          'content_type_not_supported',
          sync({ body: '{}', headers: { 'content-type': type } }),
        );
      await ok(
        syncPayload,
        sync({ body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } }),
      );
    });
  });

  describe('its door', () => {
    const list = (headers: HttpRequest['headers']) => served.send('/api/plugins', { headers: headers ?? {} });

    it('opens to the token of the file only', async () => {
      const wrong = [
        undefined,
        '',
        'Bearer',
        'Bearer ',
        served.token,
        `Basic ${served.token}`,
        `Bearer ${served.token.slice(0, -1)}`,
        `Bearer ${served.token}x`,
        `Bearer ${served.token} ${served.token}`,
        `Bearer ${served.token.toUpperCase()}`,
        `Bearer ${'x'.repeat(8000)}`,
      ];
      for (const authorization of wrong) {
        const { status, headers, json } = sound(await list({ authorization }));
        assert.equal(status, 401, String(authorization));
        assert.equal(headers['www-authenticate'], 'Bearer');
        assert.match(failureSchema.parse(json).error.code, /^token_/);
      }
      assert.equal((await list({ authorization: `bearer ${served.token}` })).status, 200);
    });

    it('asks for the token before it says which routes there are', async () => {
      const without = { headers: { authorization: undefined } };
      await refused(401, 'token_missing', served.send('/nothing', without));
      await refused(401, 'token_missing', served.send('/api/plugins', { method: 'DELETE', ...without }));
      assert.equal((await served.send('/api/plugins?token=' + served.token, without)).status, 401);
    });

    it('refuses other hosts: a name that was made to lead here does not get in, token or not', async () => {
      const { port } = served;
      for (const host of [
        `evil.example:${port}`,
        'evil.example',
        '127.0.0.1',
        `127.0.0.1:${port + 1}`,
        `127.0.0.1.evil.example:${port}`,
        `0.0.0.0:${port}`,
        `[::1]:${port}`,
        `localhost.:${port}`,
      ]) {
        await refused(403, 'host_not_allowed', list({ host }));
      }
      assert.equal((await list({ host: `localhost:${port}` })).status, 200);
    });

    it('refuses pages of other origins, and answers no preflight', async () => {
      const { port } = served;
      for (const origin of [
        'http://evil.example',
        `http://evil.example:${port}`,
        'null',
        'file://',
        `https://127.0.0.1:${port}`,
        'http://127.0.0.1',
        `http://127.0.0.1:${port}.evil.example`,
        'vscode-webview://abc',
      ]) {
        await refused(403, 'origin_not_allowed', list({ origin }));
      }
      assert.equal((await list({ origin: `http://127.0.0.1:${port}` })).status, 200);
      const preflight = {
        method: 'OPTIONS',
        headers: { origin: 'http://evil.example', authorization: undefined },
      };
      await refused(403, 'origin_not_allowed', served.send('/api/plugins/sync', preflight));
    });

    it('answers a request that names two hosts, or none, with no more than a refusal', async () => {
      for (const head of [
        `GET /api/plugins HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nHost: evil.example\r\n`,
        'GET /api/plugins HTTP/1.0\r\n',
        'GET /api/plugins HTTP/1.1\r\nHost:\r\n',
        'GET /api/plugins HTTP/1.1\r\nHost: a b\r\n',
        `GET /api/plugins HTTP/1.1\r\nHost: 127.0.0.1:${served.port}@evil.example\r\n`,
        `GET http://evil.example/api/plugins HTTP/1.1\r\nHost: evil.example\r\n`,
      ]) {
        const socket = createConnection(served.port, '127.0.0.1');
        socket.end(`${head}Authorization: Bearer ${served.token}\r\nConnection: close\r\n\r\n`);
        assert.match(await text(socket), /^HTTP\/1\.1 (?:400|403) /, head);
      }
    });

    it('is on loopback only, and the token is in a file of its owner', async () => {
      assert.equal(new URL(served.url).hostname, '127.0.0.1');
      assert.equal(path.dirname(served.tokenFile), path.join(home, 'serve'));
      assert.match(served.token, /^[\w-]{43}$/);
      if (process.platform === 'win32') return;
      assert.equal((await stat(served.tokenFile)).mode & 0o777, 0o600);
      assert.equal((await stat(path.dirname(served.tokenFile))).mode & 0o777, 0o700);
    });
  });

  describe('its end', () => {
    it('comes with SIGINT and SIGTERM: exit 0, the token file gone, the token never said', async function () {
      if (process.platform === 'win32') return this.skip();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const one = await ServedWorkspace.start(temp.root, { BEAVER_HOME: home });
        assert.equal((await one.send('/api/plugins')).status, 200);
        one.child.kill(signal);
        const { exit, out, err } = await one.ended;
        assert.equal(exit, 0, err);
        assert(!`${out}${err}`.includes(one.token));
        await assert.rejects(stat(one.tokenFile), { code: 'ENOENT' });
      }
      assert.deepEqual(await readdir(path.join(home, 'serve')), [path.basename(served.tokenFile)]);
    });

    it('waits for the request that is under way', async function () {
      if (process.platform === 'win32') return this.skip();
      const words = ['--wait', '30'];
      const one = await ServedWorkspace.start(temp.root, { BEAVER_HOME: home }, words);
      const { lock } = nodePorts();
      let answer: Promise<HttpAnswer> | undefined;
      await lock.run(new WorkspaceLayout(temp.root).writeLock, 'hold', { kind: 'never' }, async () => {
        answer = one.post('/api/plugins/sync');
        // The waiting writer says so once it waits: only then is the request under way.
        await new Promise((resolve) => one.child.stderr?.once('data', resolve));
        one.child.kill('SIGTERM');
        await untilRefused(one.port);
      });
      assert.equal((await answer)?.status, 200);
      assert.equal((await one.ended).exit, 0);
    });

    it('writes the token where it is told to, through no link, and says when a port is taken', async () => {
      const file = path.join(home, 'my-token');
      const victim = path.join(home, 'victim');
      await writeFile(victim, 'mine');
      if (process.platform !== 'win32') await symlink(victim, file);
      const one = await ServedWorkspace.start(temp.root, { BEAVER_HOME: home }, ['--token-file', file]);
      assert.equal(one.tokenFile, file);
      assert.equal(await readFile(victim, 'utf8'), 'mine');
      assert.equal((await one.send('/api/plugins')).status, 200);
      await one.stop();
      await assert.rejects(
        ServedWorkspace.start(temp.root, { BEAVER_HOME: home }, ['--port', String(served.port)]),
        /port_unavailable/,
      );
    });
  });
});

/** Resolves when nothing accepts connections on the port any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (!open) return;
  }
}
