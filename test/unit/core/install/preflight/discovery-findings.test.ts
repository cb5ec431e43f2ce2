import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { DISCOVERY_CODES, draftOf } from '../../../../../src/core/install/preflight/discovery-findings.ts';

/** Codes of discovery as a whole, of SKILL.md (which the preflight reads itself) and of states, which no single plugin has. */
const NOT_OF_A_PLUGIN = [
  'duplicate_plugin_id',
  'search_path_missing',
  'plugin_unreadable',
  'skill_name_mismatch',
  'package_missing',
];

describe('draftOf', () => {
  it('knows every code that reading a plugin can give', () => {
    const sources = globSync(
      'src/core/plugins/{manifest-*,declared-*,skill-folders,identifiers,discovery}.ts',
    );
    const used = new Set(
      [...sources, 'src/core/tree-names.ts'].flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)].map(([, code]) => code ?? ''),
      ),
    );
    const fields = ['schema_version', 'next_step', 'api_version'];
    const unknown = [...used].filter(
      (code) => ![...DISCOVERY_CODES, ...NOT_OF_A_PLUGIN, ...fields].includes(code),
    );
    assert.deepEqual(unknown, []);
  });

  it('tells a code that it does not know as a plugin that cannot be read', () => {
    const draft = draftOf({ code: 'something_new', message: 'Off.', next_step: 'Look.' }, '.');
    assert.equal(draft?.code, 'PF-PLUGIN-UNREADABLE');
  });
});
