import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { count, findingText } from '../text/findings-text.ts';

/** `doctor [--fix]`. Exits with 1 when something is off (with `--fix`: is still off). */
export function runDoctor(fix: boolean): Action {
  return async (context) => {
    const workspace = await context.workspace();
    const payload = fix ? await workspace.doctor({ fix }, context.wait) : await workspace.doctor();
    const { findings, fixed } = payload;
    return {
      payload,
      text: (style) =>
        (fixed.length === 0 ? '' : `Repaired ${count(fixed.length, 'finding')}: ${fixed.join(', ')}\n`) +
        (findings.length === 0
          ? 'All is well.\n'
          : findings.map((finding) => findingText(style, finding)).join('')),
      exit: findings.length === 0 ? EXIT.done : EXIT.found,
    };
  };
}
