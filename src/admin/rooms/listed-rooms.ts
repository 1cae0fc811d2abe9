import { TEXT_LENGTH } from '../http/inputs.js';

/** Whether a room is in lists. A client may choose a name that no parameter takes, and that would hide other rooms. */
export function isListed(room: string): boolean {
  return room.length <= TEXT_LENGTH;
}
