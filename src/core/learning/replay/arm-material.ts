import { SKILL_DOCUMENT } from '../../skill-tree.ts';
import { decodeText } from '../decoded-text.ts';
import { EVALS_FOLDER } from './evals-file.ts';
import type { Quotation } from './quoted-data.ts';

/** The two skills that are compared: the current local version, and what the draft proposes. Never raw old or new upstream (spec 3, Task 8 Step 4). */
export type ArmName = 'baseline' | 'candidate';

export interface Arm {
  readonly name: ArmName;
  readonly treeHash: string;
  /** What whoever does a task may read of the skill. */
  readonly material: readonly Quotation[];
}

/** Characters of one skill that are put before a model; a skill is read in parts by design, so most stay far below. */
const MATERIAL_LIMIT = 120_000;

/**
 * SKILL.md first, then the files that it names, then the others, as far as they are text and there is room. The evals are left out: they
 * say what is expected. What is left out for want of room is named.
 */
export function armOf(
  name: ArmName,
  treeHash: string,
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Arm {
  const texts = files.flatMap(({ path, bytes }) => {
    const text = path.startsWith(EVALS_FOLDER) ? undefined : decodeText(bytes);
    return text === undefined ? [] : [{ path, text }];
  });
  const document = texts.find(({ path }) => path === SKILL_DOCUMENT)?.text ?? '';
  const rank = (path: string): number => (path === SKILL_DOCUMENT ? 0 : document.includes(path) ? 1 : 2);
  const ordered = texts.sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  const material: Quotation[] = [];
  const leftOut: string[] = [];
  let room = MATERIAL_LIMIT;
  for (const { path, text } of ordered) {
    // The document itself is always there, cut where it is beyond all measure.
    const shown = path === SKILL_DOCUMENT ? text.slice(0, MATERIAL_LIMIT) : text;
    if (shown.length > room) {
      leftOut.push(path);
      continue;
    }
    room -= shown.length;
    material.push({ title: `skill file ${path}`, text: shown });
  }
  if (leftOut.length > 0)
    material.push({ title: 'skill files that are not shown', text: leftOut.join('\n') });
  return { name, treeHash, material };
}
