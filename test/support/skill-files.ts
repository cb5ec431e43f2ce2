import type { SafetyInput } from '../../src/core/learning/safety/check-safety.ts';

/** A skill's tree from texts or bytes by path; `executable` names the paths with the bit. */
export function skillFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  executable: readonly string[] = [],
): SafetyInput {
  return {
    files: Object.entries(files).map(([path, content]) => ({
      path,
      bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
      executable: executable.includes(path),
    })),
  };
}
