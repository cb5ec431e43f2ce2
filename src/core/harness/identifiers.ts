import * as z from 'zod';

/**
 * Lower-case ASCII, at most 40 characters: it becomes part of paths and addresses, and no other script can imitate it (A20).
 */
export const harnessIdSchema = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes');

export const channelSchema = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes');

const NUMBER = '(?:0|[1-9]\\d{0,8})';
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
/** A version of semver 2.0, without a leading `v`. */
export const versionSchema = z.string().max(64).regex(SEMVER, 'a semantic version');

/** `linux-x64`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64`, … as Node names system and processor; `-musl` for that C library. */
export const platformSchema = z.string().regex(/^(?:linux|darwin|win32|freebsd)-[a-z0-9]{2,12}(?:-musl)?$/);

/** The whole numbers of versions and counters. Bounded, so that there is always a next one (A08). */
export const LARGEST_NUMBER = 2_147_483_647;
export const ordinalSchema = z.int().min(1).max(LARGEST_NUMBER);

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime();

const SEGMENT = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9._+@-]{0,99}[A-Za-z0-9_+@-]';
const RESERVED = /(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.[^/]*)?(?:\/|$)/i;
/** POSIX, relative, plain ASCII, no `.` or `..`, nothing that Windows reads differently. */
export const relativePathSchema = z
  .string()
  .max(200)
  .regex(new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`), 'a plain relative path')
  .refine((value) => !RESERVED.test(value), 'a name that Windows reserves');

/** One part of such a path. */
export const fileNameSchema = relativePathSchema.refine((value) => !value.includes('/'), 'one name');
