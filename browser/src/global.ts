// Makes `DeepFramework` and `System` known to the page, once, however often and in whichever form the library is loaded.

import { createFramework, type Framework } from "./framework.ts";
import { browserPlatform } from "./platform.ts";
import { installSystem, type ModuleSystem } from "./system/system.ts";

interface PageScope {
  DeepFramework?: Framework;
  System?: Partial<ModuleSystem>;
}

/** The page's framework; made at the first call. */
export function install(scope: PageScope): Framework {
  if (scope.DeepFramework) return scope.DeepFramework;
  scope.DeepFramework = createFramework(browserPlatform());
  installSystem(scope, scope.DeepFramework.Kernel);
  return scope.DeepFramework;
}

export const DeepFramework = install(globalThis as PageScope);
