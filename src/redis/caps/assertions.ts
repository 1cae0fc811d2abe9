import type { ScopePlaces } from './scope-places.js';

/** Waits until Redis knows certain scopes again. */
export class Assertions {
  private readonly open = new Set<{ readonly left: Set<ScopePlaces>; readonly resolve: () => void }>();

  /** Resolves when Redis was told of all of them. */
  of(scopes: readonly ScopePlaces[]): Promise<void> {
    return new Promise((resolve) => {
      if (scopes.length === 0) resolve();
      else this.open.add({ left: new Set(scopes), resolve });
    });
  }

  onTold(places: ScopePlaces): void {
    for (const assertion of this.open) {
      assertion.left.delete(places);
      if (assertion.left.size > 0) continue;
      this.open.delete(assertion);
      assertion.resolve();
    }
  }
}
