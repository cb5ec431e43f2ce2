/** Globs of the files that the preflight has something to say about, as the editor's document selectors take them. */
export const PREFLIGHT_GLOBS = [
  '**/SKILL.md',
  '**/beaver.plugin.json',
  '**/plugin.json',
  '**/marketplace.json',
  '**/hooks/hooks.json',
  '**/.mcp.json',
] as const;

const NAMES =
  /(?:^|\/)(?:SKILL\.md|beaver\.plugin\.json|plugin\.json|marketplace\.json|hooks\/hooks\.json|\.mcp\.json)$/;
/** The managed store keeps each version in a folder of another name, and Beaver's own files are nobody's to correct. */
const OWN = /(?:^|\/)(?:(?:versions|upstreams)\/.*SKILL\.md$|\.beaver\/|\.git\/|node_modules\/)/;

/** Whether a document is checked while it is open. `relative` is POSIX, relative to the workspace folder. */
export function isPreflighted(relative: string): boolean {
  return NAMES.test(relative) && !OWN.test(relative);
}
