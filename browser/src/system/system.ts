// `System.import`, which frontends of 2016 load their modules with, on the browser's own `import()`.

import type { Kernel } from "../kernel/kernel.ts";

export interface ModuleSystem {
  import(address: string): Promise<unknown>;
}

/** Loads ES modules. Addresses as `asset.locate` gives them are relative to the app, not to the page. */
export function moduleSystem(kernel: Kernel): ModuleSystem {
  return { import: async (address) => kernel.platform.importModule(kernel.absolute(address)) };
}

/** Sets `System` where no other loader has. */
export function installSystem(scope: { System?: Partial<ModuleSystem> }, kernel: Kernel): void {
  if (!scope.System?.import) scope.System = { ...scope.System, ...moduleSystem(kernel) };
}
