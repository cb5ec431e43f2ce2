import type { Action } from '../answer.ts';
import { EXIT } from '../failure.ts';
import { captureText, historyText, skillListText, skillText } from '../text/skill-text.ts';

export const listSkills: Action = async (context) => {
  const payload = await (await context.workspace()).skills.list();
  return { payload, text: (style) => skillListText(style, payload), exit: EXIT.done };
};

export function showSkill(name: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).skills.show(name);
    return { payload, text: (style) => skillText(style, payload.skill), exit: EXIT.done };
  };
}

export function showHistory(name: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).skills.history(name);
    return { payload, text: (style) => historyText(style, payload), exit: EXIT.done };
  };
}

export function rollBackSkill(name: string, version: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).skills.rollback(name, version, context.wait);
    return { payload, text: (style) => skillText(style, payload.skill), exit: EXIT.done };
  };
}

/** `skills capture [NAME]`. Exits with 1 when edits were found that could not be captured. */
export function captureEdits(name: string | undefined): Action {
  return async (context) => {
    const payload = await (await context.workspace()).skills.capture(name, context.wait);
    const stuck = payload.findings.some((finding) => finding.severity === 'error');
    return { payload, text: (style) => captureText(style, payload), exit: stuck ? EXIT.found : EXIT.done };
  };
}
