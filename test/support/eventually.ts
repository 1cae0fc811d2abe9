/** Tries until it succeeds. @param pauseMs between two attempts: longer where one takes long */
export async function eventually<T>(attempt: () => Promise<T>, pauseMs = 50): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
