import { loadPackage } from '../../options/optional-package.cjs';
import type { MetricLabels } from './metric-family.js';

/** The version of this package. A test compares it with `package.json`. */
export const VERSION = '0.1.0';

/** What runs here. */
export function versions(): MetricLabels {
  return { version: VERSION, nest: versionOf('@nestjs/core'), node_version: process.versions.node };
}

function versionOf(name: string): string {
  try {
    return (loadPackage(`${name}/package.json`) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}
