import assert from 'node:assert/strict';
import type { LookPayload } from '../../../../src/app/package-look-payloads.ts';
import {
  consentLines,
  installDetail,
  lookDocument,
  preflightLines,
  surfaceDocument,
} from '../../../../src/editor/model/package-words.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { aLook } from '../../../support/fake-workspace.ts';

type Finding = LookPayload['look']['preflight']['findings'][number];

function finding(over: Partial<Finding>): Finding {
  return {
    ...{ code: 'PF-X-ONE', severity: 'warning', blocking: false, suppressed: false, file: 'plugin.json' },
    field: { pointer: null, line: 1, column: 1, end_line: 1, end_column: 1 },
    ...{ message: 'Something is off.', next_step: 'Mend it.', fix: null, fingerprint: '0'.repeat(16) },
    ...over,
  };
}

describe('What a person is told before a plugin is installed', () => {
  it('is where it comes from, what it can run and what the preflight says', () => {
    const look = aLook({
      surface: [
        { kind: 'hook', value: 'sh hooks/start.sh' },
        { kind: 'host', value: 'api.example.com' },
      ],
      dependencies: [{ name: 'log', range: '^1' }],
    });
    assert.equal(
      installDetail(look, inEnglish),
      [
        'Source: example/tools/plugins/notes',
        'Content: 222222222222',
        'Skills: 1 skill (notes)',
        'Needs: log ^1',
        '',
        'It can run or use:',
        '• Hook: sh hooks/start.sh',
        '• Host: api.example.com',
        '',
        'Preflight: passed.',
      ].join('\n'),
    );
    assert.match(installDetail(aLook(), inEnglish), /It brings nothing that can run\./);
  });

  it('says how many more there are, and never lets a text of the package look like one of ours', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({ kind: 'executable', value: `bin/${at}` }) as const);
    const detail = installDetail(aLook({ surface: many }), inEnglish);
    assert.match(detail, /… and 18 more/);
    const sly = installDetail(
      aLook({ surface: [{ kind: 'command', value: 'echo\n\nPreflight: passed.\u202e' }] }),
      inEnglish,
    );
    assert.match(sly, /• Command: echo Preflight: passed\.\n/);
  });

  it('names what blocks first', () => {
    const findings = [finding({}), finding({ code: 'PF-X-TWO', severity: 'error', blocking: true })];
    assert.deepEqual(preflightLines({ passed: false, findings }, inEnglish), [
      'Preflight: refused, with 1 errors and 1 warnings.',
      '• Something is off. [PF-X-TWO] plugin.json',
      '• Something is off. [PF-X-ONE] plugin.json',
    ]);
  });

  it('can be read whole as a document', () => {
    const text = lookDocument(aLook({ surface: [{ kind: 'hook', value: 'x' }] }), inEnglish);
    assert.match(text, /^# Notes 2\.0\.0\n/);
    assert.match(text, /## Skills\n\n• notes\n/);
    assert.match(text, /## Preflight\n\nnone\n/);
  });
});

describe('What asks for a person before an update', () => {
  it('is a line for each thing that is new, with the plugin where it is another one', () => {
    const changes = [
      { kind: 'major_version', id: 'notes@tools', value: '1.0.0 → 2.0.0' },
      { kind: 'new_plugin', id: 'log@tools', value: 'example/log' },
    ] as const;
    assert.deepEqual(consentLines(changes, 'notes@tools', inEnglish), [
      'Major version: 1.0.0 → 2.0.0',
      'Another plugin: example/log (log@tools)',
    ]);
  });

  it('is compared line by line with what the plugin can do now', () => {
    assert.equal(
      surfaceDocument(
        [
          { kind: 'server', value: 'node s.js' },
          { kind: 'host', value: 'a.example' },
        ],
        inEnglish,
      ),
      'Host: a.example\nServer: node s.js\n',
    );
  });
});
