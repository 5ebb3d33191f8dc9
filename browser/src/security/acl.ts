// Which buttons to show. The backend decides by the same rules whatever a page believes.

export const UNAUTHENTICATED = "unauthenticated";
export const AUTHENTICATED = "authenticated";

/** What the app's configuration says of roles. */
export interface Rules {
  /** By precedence: of a user's groups the first one here is the role they act in. */
  readonly roles: readonly string[];
  /** The action identifiers each role may call. */
  readonly acl: Readonly<Record<string, readonly string[]>>;
  /** The identifiers of all actions. */
  readonly actions: readonly string[];
}

/** The one role of a user who is in these groups. */
export function roleOf(groups: readonly string[], { roles }: Rules): string {
  return roles.find((role) => groups.includes(role) && role !== UNAUTHENTICATED && role !== AUTHENTICATED) ?? AUTHENTICATED;
}

/**
 * Whether a role may call an action, such as `deep.todo:task:create`. A pattern (`deep.todo:task:*`, or `deep.todo:task` for the same) is allowed when
 * the app has such actions and every one of them is allowed.
 */
export function isAllowed(scope: string, role: string, { acl, actions }: Rules): boolean {
  const pattern = patternOf(scope);
  const meant = actions.filter((action) => pattern.test(action));
  return meant.length > 0 && meant.every((action) => acl[role]?.includes(action));
}

function patternOf(scope: string): RegExp {
  const parts = scope.replace(/^@/, "").trim().split(":");
  while (parts.length < 3) parts.push("*");
  return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")).join(":")}$`);
}
