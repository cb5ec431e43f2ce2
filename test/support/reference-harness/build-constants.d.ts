/** Put in by the build: what one version of the reference harness is. */
declare const HARNESS_VERSION: string;
declare const HARNESS_FAULT: string;
