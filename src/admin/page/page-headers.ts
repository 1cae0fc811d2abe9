import { SAFE_HEADERS } from '../http/safe-headers.js';
import { PAGE_SOURCE } from './page-source.js';

const POLICY = [
  `default-src 'none'`,
  `script-src '${PAGE_SOURCE.script}'`,
  `style-src '${PAGE_SOURCE.style}'`,
  `connect-src 'self'`,
  'img-src data:',
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
  // No text becomes markup or code, whatever the script does.
  `require-trusted-types-for 'script'`,
  `trusted-types 'none'`,
].join('; ');

/** The headers of the page: it runs its own script, and talks to its own origin. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...SAFE_HEADERS,
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};
