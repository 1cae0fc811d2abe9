// Writes dist/security-event.schema.json, which the package exports: what a line of the security log looks like.
import { writeFileSync } from 'node:fs';
import { securityEventSchema } from '../dist/observability/security-event-schema.js';

writeFileSync('dist/security-event.schema.json', `${JSON.stringify(securityEventSchema(), null, 2)}\n`);
