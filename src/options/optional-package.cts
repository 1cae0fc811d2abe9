/*
 * CommonJS, so that packages can be found from here without `import.meta`, which transforms to CommonJS cannot keep.
 */

/** Whether a package can be found, without loading it. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Loads a package that only some applications need. */
export function loadPackage(name: string): unknown {
  return require(name) as unknown;
}

/** The version of this package. */
export function ownVersion(): string {
  try {
    return (require('../../package.json') as { version: string }).version;
  } catch {
    // A bundle has no package.json of ours.
    return 'unknown';
  }
}
