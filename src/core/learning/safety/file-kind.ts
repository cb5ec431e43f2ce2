/**
 * What a file is, by its first bytes, its name and its bits. The bytes decide before the name does: a name is what an attacker chooses.
 */
export type FileKind = 'markdown' | 'script' | 'prose' | 'media' | 'binary' | 'archive' | 'program';

export type ProgramFormat = 'elf' | 'pe' | 'macho' | 'java_class' | 'wasm' | 'python_bytecode';
export type ArchiveFormat = 'zip' | 'gzip' | 'tar' | 'other';

const SCRIPT_EXTENSIONS = new Set(
  `sh bash zsh fish ksh py pyw js mjs cjs jsx ts mts cts tsx rb pl pm ps1 psm1 bat cmd vbs vbe wsf php lua tcl awk
   applescript scpt command ipynb r jl go rs swift kts groovy`.split(/\s+/u),
);

/** Configuration that names commands which the agent's host runs. */
const COMMAND_CONFIGS = new Set([
  'hooks.json',
  '.mcp.json',
  'mcp.json',
  'package.json',
  'plugin.json',
  'settings.json',
  'settings.local.json',
  'tasks.json',
  'launch.json',
  'devcontainer.json',
  'makefile',
  'gnumakefile',
  'justfile',
  'rakefile',
  'dockerfile',
  'procfile',
]);

const MARKDOWN_EXTENSIONS = new Set(['md', 'mdx', 'markdown', 'mdc']);

const MEDIA_EXTENSIONS = new Set(
  'png jpg jpeg gif webp avif bmp ico icns tif tiff pdf ttf otf woff woff2 eot mp3 mp4 m4a mov wav ogg webm flac'.split(
    ' ',
  ),
);

/** By extension, lower case, without the dot; the empty string when there is none. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}

/** True for names that an operating system or an interpreter would run when asked to. */
export function isRunnableName(path: string): boolean {
  const extension = extensionOf(path);
  return (
    SCRIPT_EXTENSIONS.has(extension) ||
    [
      'exe',
      'dll',
      'so',
      'dylib',
      'com',
      'scr',
      'msi',
      'jar',
      'pyc',
      'pyd',
      'node',
      'class',
      'hta',
      'lnk',
    ].includes(extension) ||
    baseName(path) === 'vbaproject.bin'
  );
}

/** True for a file with a script's name, a script's first line, or the executable bit. */
export function isScript(path: string, bytes: Uint8Array, executable: boolean): boolean {
  return (
    executable ||
    startsWith(bytes, [0x23, 0x21]) ||
    SCRIPT_EXTENSIONS.has(extensionOf(path)) ||
    COMMAND_CONFIGS.has(baseName(path))
  );
}

/** Folders whose files show what goes wrong on purpose. */
export function isFixture(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|specs?|fixtures?|testdata|test-data|__fixtures__)\//u.test(
    path.toLowerCase(),
  );
}

export function kindOf(path: string, bytes: Uint8Array, executable: boolean): FileKind {
  if (programFormat(path, bytes) !== undefined) return 'program';
  if (archiveFormat(bytes) !== undefined) return 'archive';
  if (!executable && MEDIA_EXTENSIONS.has(extensionOf(path)) && hasMediaMagic(bytes)) return 'media';
  if (isBinary(bytes)) return 'binary';
  if (MARKDOWN_EXTENSIONS.has(extensionOf(path)) && !executable) return 'markdown';
  return isScript(path, bytes, executable) ? 'script' : 'prose';
}

export function programFormat(path: string, bytes: Uint8Array): ProgramFormat | undefined {
  if (startsWith(bytes, [0x7f, 0x45, 0x4c, 0x46])) return 'elf';
  if (startsWith(bytes, [0x4d, 0x5a]) && isBinary(bytes)) return 'pe';
  if (startsWith(bytes, [0x00, 0x61, 0x73, 0x6d])) return 'wasm';
  if (startsWith(bytes, [0xca, 0xfe, 0xba, 0xbe])) return (bytes[7] ?? 0) >= 0x2d ? 'java_class' : 'macho';
  if (
    [0xce, 0xcf].some(
      (low) => startsWith(bytes, [low, 0xfa, 0xed, 0xfe]) || startsWith(bytes, [0xfe, 0xed, 0xfa, low]),
    )
  ) {
    return 'macho';
  }
  // CPython's magic is a 16-bit number and CR LF; the name helps where the number is unknown.
  const bytecode = bytes[2] === 0x0d && bytes[3] === 0x0a && isBinary(bytes);
  if (bytecode && ((bytes[1] ?? 0) === 0x0d || ['pyc', 'pyo'].includes(extensionOf(path))))
    return 'python_bytecode';
  return ['pyc', 'pyo'].includes(extensionOf(path)) ? 'python_bytecode' : undefined;
}

export function archiveFormat(bytes: Uint8Array): ArchiveFormat | undefined {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06]))
    return 'zip';
  if (startsWith(bytes, [0x1f, 0x8b])) return 'gzip';
  if (bytes.length > 262 && String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar') return 'tar';
  const others = [
    [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], // 7z
    [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], // rar
    [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], // xz
    [0x28, 0xb5, 0x2f, 0xfd], // zstd
    [0x4d, 0x53, 0x43, 0x46], // cab
  ];
  if (others.some((magic) => startsWith(bytes, magic))) return 'other';
  const bzip =
    startsWith(bytes, [0x42, 0x5a, 0x68]) && startsWith(bytes.subarray(4), [0x31, 0x41, 0x59, 0x26]);
  return bzip ? 'other' : undefined;
}

function hasMediaMagic(bytes: Uint8Array): boolean {
  const magics = [
    [0x89, 0x50, 0x4e, 0x47], // png
    [0xff, 0xd8, 0xff], // jpeg
    [0x47, 0x49, 0x46, 0x38], // gif
    [0x52, 0x49, 0x46, 0x46], // riff: webp, wav
    [0x25, 0x50, 0x44, 0x46], // pdf
    [0x00, 0x01, 0x00, 0x00], // ttf
    [0x4f, 0x54, 0x54, 0x4f], // otf
    [0x77, 0x4f, 0x46], // woff
    [0x00, 0x00, 0x01, 0x00], // ico
    [0x42, 0x4d], // bmp
    [0x49, 0x44, 0x33], // mp3
    [0xff, 0xfb], // mp3
    [0x4f, 0x67, 0x67, 0x53], // ogg
    [0x1a, 0x45, 0xdf, 0xa3], // webm
    [0x66, 0x4c, 0x61, 0x43], // flac
    [0x49, 0x49, 0x2a, 0x00], // tiff
    [0x4d, 0x4d, 0x00, 0x2a], // tiff
    [0x69, 0x63, 0x6e, 0x73], // icns
  ];
  const isoMedia = String.fromCharCode(...bytes.subarray(4, 8)) === 'ftyp';
  return isoMedia || magics.some((magic) => startsWith(bytes, magic));
}

/** UTF-16 is text; any other file with a NUL is not. */
export function isBinary(bytes: Uint8Array): boolean {
  return utf16Order(bytes) === undefined && bytes.includes(0);
}

/** By the byte order mark, or by NULs on one side only of most pairs. */
export function utf16Order(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  if (bytes.length < 8 || !bytes.includes(0)) return undefined;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index] !== 0) continue;
    if (index % 2 === 0) even++;
    else odd++;
  }
  const most = bytes.length * 0.3;
  if (odd > most && even < bytes.length * 0.02) return 'utf-16le';
  return even > most && odd < bytes.length * 0.02 ? 'utf-16be' : undefined;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
