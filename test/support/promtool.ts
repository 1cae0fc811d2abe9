import { describeWithProgram } from './installed.js';

/** Tests that need promtool. Without it they are skipped; with CI=true they fail. */
export const describeWithPromtool = (name: string, define: () => void): void =>
  describeWithProgram('promtool', name, define);
