// With `--import`: writes the URL of each script that was loaded to the file that MODULES_FILE names, at the end.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import process from 'node:process';

const urls = [];
// Hooks of the loader would see modules too, but take longer than the modules themselves.
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
session.post('Debugger.enable');
process.once('exit', () => writeFileSync(process.env.MODULES_FILE, urls.join('\n')));
