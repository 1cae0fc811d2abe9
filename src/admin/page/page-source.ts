/**
 * The operator's page, and the Content-Security-Policy sources of its script and its style. Empty here:
 * `scripts/operator-page.mjs` writes this module into the build.
 */
export const PAGE_SOURCE: { readonly html: string; readonly script: string; readonly style: string } = {
  html: '',
  script: '',
  style: '',
};
