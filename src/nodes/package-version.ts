/** The version of this package. A test compares it with `package.json`, which the build does not read. */
export const PACKAGE_VERSION = '0.1.0';
