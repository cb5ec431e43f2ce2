import assert from 'node:assert/strict';
import * as path from 'node:path';
import { WorkspaceLayout } from '../../../../src/core/layout.ts';
import { auditStep, readAudit } from '../../../../src/core/learning/audit.ts';
import { MemoryFileSystem } from '../../../support/memory-files.ts';

const layout = new WorkspaceLayout('/workspace');
const AT = '2026-01-01T00:00:00.000Z';

async function log(text: string): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  await files.makeDirectory(path.dirname(layout.audit));
  await files.writeFile(layout.audit, Buffer.from(text));
  return files;
}

function line(id: string): string {
  const step = auditStep(layout, id, AT, 'ann', 'skill_mirrored', { skill_name: 'one' });
  assert(step.kind === 'append');
  return step.line;
}

describe('The audit log', () => {
  it('gets one canonical line for an event, with null for what it is not about', () => {
    const step = auditStep(layout, 'e1', AT, 'ann', 'plugin_paused', {
      plugin_id: 'kit',
      detail: { b: 1, a: [2] },
    });
    assert.deepEqual(step, {
      kind: 'append',
      path: '.beaver/learning/audit.jsonl',
      line: `{"actor":"ann","at":"${AT}","detail":{"a":[2],"b":1},"event":"plugin_paused","event_id":"e1","plugin_id":"kit","schema_version":1,"skill_name":null}`,
    });
  });

  it('never breaks a line, whatever a reason says', () => {
    const step = auditStep(layout, 'e1', AT, 'a\nb', 'draft_rejected', {
      detail: { reason: 'no\r\nnever\u2028' },
    });
    assert(step.kind === 'append');
    assert.equal(step.line.split(/[\r\n]/).length, 1);
  });

  it('is read in the order in which it was written', async () => {
    const events = await readAudit(
      await log(['e2', 'e1', 'e3'].map((id) => `${line(id)}\n`).join('')),
      layout,
    );
    assert.deepEqual(
      events.map((event) => event.event_id),
      ['e2', 'e1', 'e3'],
    );
    assert.deepEqual(await readAudit(new MemoryFileSystem(), layout), []);
  });

  it('passes over what is torn or foreign, and keeps every event beside it', async () => {
    const text = [
      line('e1'),
      '',
      'not json',
      '{"schema_version":2,"event_id":"newer","at":"","event":"x"}',
      '\0\0\0\0',
      line('e2'),
      line('e3').slice(0, 40),
    ].join('\n');
    const events = await readAudit(await log(text), layout);
    assert.deepEqual(
      events.map((event) => event.event_id),
      ['e1', 'e2'],
    );
  });

  it('takes an event of another writer with the least there must be, and keeps its keys', async () => {
    const [event] = await readAudit(
      await log('{"schema_version":1,"event_id":"e","at":"t","event":"backup_made","host":"h"}\n'),
      layout,
    );
    assert.deepEqual(event, {
      schema_version: 1,
      event_id: 'e',
      at: 't',
      event: 'backup_made',
      actor: '',
      plugin_id: null,
      skill_name: null,
      detail: {},
      host: 'h',
    });
  });
});
