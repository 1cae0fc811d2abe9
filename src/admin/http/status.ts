/** The response of Express or of Fastify. */
export interface SettableStatus {
  status(code: number): unknown;
}

/** Sets the status of an answer that Nest sends. */
export function setStatusOf(response: SettableStatus, code: number): void {
  response.status(code);
}
