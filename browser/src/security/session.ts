import type { Store } from "../cache/store.ts";

const IDENTITY = "identity";

/**
 * What outlives the page: which identity this browser is, for each app. Only the identity's id is kept; credentials are fetched anew after a reload,
 * so none lie in storage.
 */
export class SessionStore {
  constructor(private readonly store: Store) {}

  get identityId(): string | null {
    return this.store.get(IDENTITY);
  }

  keep(identityId: string): void {
    this.store.set(IDENTITY, identityId);
  }

  forget(): void {
    this.store.delete(IDENTITY);
  }
}
