import type { ResumeOutcome } from 'nestjs-ws-security/client';

/** The text about messages that were missed before the connection came back; null if there are none. */
export function missedText({ recovered, missed }: ResumeOutcome): string | null {
  if (!recovered) return 'Some messages may be missing';
  if (!missed) return null;
  return missed === 1 ? 'You missed 1 message while away' : `You missed ${missed} messages while away`;
}
