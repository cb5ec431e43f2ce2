import { isBeaverError } from '../../src/base/errors.ts';
import { nodePorts } from '../../src/node/node-ports.ts';
import { openLife } from './crash-ports.ts';
import type { ContenderOrder, ContenderReport } from './contention-messages.ts';

/** A process that works on a shared workspace for as long as it is told to. */
const [root = ''] = process.argv.slice(2);
const beaver = openLife(nodePorts(), root);
const PATIENT = { kind: 'bounded', timeout: 60_000 } as const;

async function carryOut(order: ContenderOrder): Promise<string> {
  switch (order.kind) {
    case 'sync': {
      const { sync } = await beaver.plugins.sync(order.wait === 'never' ? { kind: 'never' } : PATIENT);
      return sync.status;
    }
    case 'capture': {
      const { captured } = await beaver.skills.capture(order.skill, PATIENT);
      return `captured ${captured.length}`;
    }
    case 'rollback':
      return (await beaver.skills.rollback(order.skill, order.version, PATIENT)).skill.current_version;
    case 'publish': {
      const { updates } = await beaver.updates.list();
      const update = updates.find(
        (one) => one.skill_name === order.skill && ['open', 'drafted', 'ready'].includes(one.status),
      );
      if (update === undefined) return 'nothing to publish';
      const { draft } = await beaver.updates.draft(update.candidate_id, PATIENT);
      if (draft.status !== 'approved') await beaver.updates.approve(draft.draft_id, PATIENT);
      return (await beaver.updates.publish(draft.draft_id, PATIENT)).published.version;
    }
  }
}

process.on('message', (order: ContenderOrder) => {
  const report = (what: ContenderReport): void => {
    process.send?.(what);
  };
  carryOut(order).then(
    (answer) => {
      report({ kind: 'answered', answer });
    },
    (error: unknown) => {
      // A refusal is an answer; anything else is a defect.
      if (isBeaverError(error)) report({ kind: 'refused', code: error.code });
      else
        report({
          kind: 'broken',
          reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
    },
  );
});
process.send?.({ kind: 'ready' } satisfies ContenderReport);
