/** A path that a manifest gives, POSIX and without `./`; `.` for the plugin itself; undefined when it leaves the plugin. */
export function pathInPlugin(written: string): string | undefined {
  if (written === '' || written.startsWith('/') || /^[A-Za-z]:/.test(written) || written.includes('\\')) {
    return undefined;
  }
  const parts: string[] = [];
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
