import type { ProposalPayload, ProposedPayload } from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';

export function proposedText(style: Style, { proposal, created }: ProposedPayload): string {
  const what = created
    ? `Proposed a revision of ${oneLine(proposal.skill_name)}. Nothing has changed yet: it waits for a review.\n`
    : `The same was proposed before.\n`;
  const next =
    proposal.status === 'open' ? `Next: beaver updates draft ${oneLine(proposal.candidate_id)}\n` : '';
  return `${what}\n${proposalText(style, proposal)}${next === '' ? '' : `\n${next}`}`;
}

export function proposalText(style: Style, proposal: ProposalPayload): string {
  const { decision } = proposal;
  const facts = [
    ['Proposal', style.strong(oneLine(proposal.candidate_id))],
    ['Skill', oneLine(proposal.skill_name)],
    ['Status', proposal.status],
    ['Reason', oneLine(proposal.reason)],
    ['Proposed by', oneLine(`${proposal.proposed_by} (${proposal.proposed_through})`)],
    ['Written on', `${proposal.base_version}, ${proposal.merge_mode}`],
    ...(proposal.draft_id === null ? [] : [['Draft', proposal.draft_id]]),
    ...(proposal.conflicts === null ? [] : [['Conflicts', String(proposal.conflicts)]]),
    ...(decision === null
      ? []
      : [
          [
            'Decision',
            oneLine(`${decision.decision} by ${decision.by} at ${decision.at} ${decision.reason}`),
          ],
        ]),
    ...(proposal.version === null ? [] : [['Published as', proposal.version]]),
  ];
  const width = Math.max(...facts.map(([name = '']) => name.length));
  return facts.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}\n`).join('');
}
