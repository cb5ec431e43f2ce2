/**
 * The libraries that speak to registries and read archives: more than a megabyte, and a bundle of its own that both programs share. Loaded
 * with `import()` when something is fetched. Only libraries are in it: errors are told apart by their class, of which there must be one.
 */
export { getAgent } from '@npmcli/agent';
export { default as pacote } from 'pacote';
export { Parser as TarParser } from 'tar';
export { openPromise as openZip } from 'yauzl';
