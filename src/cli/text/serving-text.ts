import type { ServingPayload } from '../answer-schemas.ts';
import { oneLine, type Style } from '../style.ts';

export function servingText(style: Style, { url, token_file }: ServingPayload['serving']): string {
  return `Serving on ${style.strong(url)}\nToken: ${oneLine(token_file)}\nCtrl+C stops it.\n`;
}
