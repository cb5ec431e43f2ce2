export interface ReviewPage {
  readonly script: string;
  readonly style: string;
  /** `webview.cspSource`. */
  readonly source: string;
  /** Base64 without padding, new for each page. */
  readonly nonce: string;
  readonly language: string;
  readonly title: string;
}

/**
 * The review's page. Nothing is allowed but the view's own script and styles; data comes in the answer to `ready` only, never in here.
 * The nonce is handed on for the styles that the editors make (`EditorView.cspNonce`).
 */
export function reviewHtml({ script, style, source, nonce, language, title }: ReviewPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width">
<title>${attribute(title)}</title>
<link rel="stylesheet" href="${attribute(style)}">
</head>
<body>
<div id="review" data-nonce="${attribute(nonce)}"></div>
<script nonce="${attribute(nonce)}" src="${attribute(script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
