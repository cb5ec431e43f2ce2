import type { Phase, PhaseProgress } from '../../core/install/phases.ts';
import type { Translate } from './translate.ts';

/** A phase; in English by the id that docs/installing.md and the command line have. */
export function phaseLabel(phase: Phase, t: Translate): string {
  switch (phase) {
    case 'download':
      return t('download');
    case 'verify':
      return t('verify');
    case 'dependency-prepare':
      return t('dependency-prepare');
    case 'activate':
      return t('activate');
    case 'health-check':
      return t('health-check');
  }
}

/** "Installing (phase 3/5): dependency-prepare". */
export function phaseProgressText({ phase, number, of }: PhaseProgress, t: Translate): string {
  return t('Installing (phase {0}/{1}): {2}', number, of, phaseLabel(phase, t));
}

/** As it follows "Installing notes: " in a notification: "phase 3/5, dependency-prepare". */
export function phaseText({ phase, number, of }: PhaseProgress, t: Translate): string {
  return t('phase {0}/{1}, {2}', number, of, phaseLabel(phase, t));
}
