// With `--import`: writes the URL of each script that was run to the file that MODULES_FILE names, at the end.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import process from 'node:process';

// Hooks of the loader would see modules too, but take longer than the modules themselves.
const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: false });
process.once('exit', () =>
  session.post('Profiler.takePreciseCoverage', (_, { result }) =>
    writeFileSync(process.env.MODULES_FILE, result.map(({ url }) => url).join('\n')),
  ),
);
