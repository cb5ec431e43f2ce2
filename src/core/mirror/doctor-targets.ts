import { BeaverError, findingFromError } from '../../base/errors.ts';
import { blockedTarget, readPlacements } from '../skills/placement.ts';
import type { InspectedTarget } from '../skills/runtime-targets.ts';
import { recordedBits } from '../skills/skill-store.ts';
import { type Diagnosis, repairable } from './doctor-finding.ts';
import type { SkillView } from './doctor-store.ts';
import type { MirrorDeps } from './mirror-deps.ts';

/** Whether every active skill stands where agents read it, unedited, and no disabled one does. */
export async function examineTargets(
  deps: MirrorDeps,
  skills: ReadonlyMap<string, SkillView>,
): Promise<readonly Diagnosis[]> {
  const { layout, ports } = deps;
  const { targets, findings } = await deps.targets();
  const found: Diagnosis[] = findings.map((finding) => ({ finding, repair: null }));
  try {
    const placements = await readPlacements(ports.files, layout);
    for (const { name, spec, current, versions, sound } of skills.values()) {
      if (spec === undefined || current === undefined || !sound) continue;
      const recorded = recordedBits(versions.get(current.version)?.executable_files ?? []);
      for (const target of targets) {
        const inspected = await deps.inspector.inspect(target, current, placements, recorded);
        const one =
          spec.status === 'active'
            ? activeSkill(deps, name, inspected)
            : disabledSkill(deps, name, inspected);
        if (one !== undefined) found.push(one);
      }
    }
  } catch (error) {
    if (!(error instanceof BeaverError)) throw error;
    found.push({ finding: findingFromError(error, layout.display(layout.placements)), repair: null });
  }
  return found;
}

function activeSkill(deps: MirrorDeps, skillName: string, inspected: InspectedTarget): Diagnosis | undefined {
  const path = deps.layout.display(inspected.folder);
  switch (inspected.state) {
    case 'in_sync':
      return undefined;
    case 'missing':
      return repairable(
        {
          code: 'target_missing',
          message: 'The skill does not stand where agents read it.',
          would: 'place the current version there',
          path,
        },
        { kind: 'place', skillName },
      );
    case 'outdated':
      return repairable(
        {
          code: 'target_outdated',
          message: `Agents read ${inspected.placed?.version ?? 'an older version'} of the skill, which is not the current one.`,
          would: 'place the current version there; nobody has edited what stands there now',
          path,
        },
        { kind: 'place', skillName },
      );
    case 'target_occupied':
    case 'local_edits':
      return {
        finding: editedOrOccupied(
          deps,
          inspected,
          'Run "beaver skills capture" to take them in as a new version.',
        ),
        repair: null,
      };
  }
}

function disabledSkill(
  deps: MirrorDeps,
  skillName: string,
  inspected: InspectedTarget,
): Diagnosis | undefined {
  if (inspected.placed === undefined || inspected.state === 'missing') return undefined;
  if (inspected.state === 'in_sync' || inspected.state === 'outdated') {
    return repairable(
      {
        code: 'target_not_removed',
        message: 'Agents still read the skill, which is disabled.',
        would: 'take it out of the folder; its versions stay in the store',
        path: deps.layout.display(inspected.folder),
      },
      { kind: 'withdraw', skillName },
    );
  }
  return {
    finding: editedOrOccupied(
      deps,
      inspected,
      'Enable its plugin again, capture the edits, then disable it.',
    ),
    repair: null,
  };
}

/** An edit that can be read is waiting to be captured; one that cannot be, and a foreign folder, are told as a replacement would tell them. */
function editedOrOccupied(
  deps: MirrorDeps,
  inspected: InspectedTarget,
  capture: string,
): Diagnosis['finding'] {
  if (inspected.state === 'target_occupied' || inspected.problem !== undefined)
    return blockedTarget(deps.layout, inspected);
  return {
    code: 'local_edits_found',
    severity: 'warning',
    message: 'The folder that agents read has edits that are in no version yet.',
    next_step: capture,
    path: deps.layout.display(inspected.folder),
  };
}
