import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { auditText } from '../text/audit-text.ts';

export const showAudit: Action = async (context) => {
  const payload = await (await context.workspace()).audit();
  return { payload, text: (style) => auditText(style, payload), exit: EXIT.done };
};
