// Starts the app in the page: configuration first, then the `bootstrap.js` of every microapplication that has one, the root's before the others'.

import { asError } from "../errors.ts";
import { CONFIG_URL, embeddedConfig } from "../kernel/config.ts";
import type { Kernel, Microservice } from "../kernel/kernel.ts";

/** A `bootstrap.js`. Whatever it exports is optional, and may answer with a promise. */
export interface BootstrapModule {
  /** Prepares the app's configuration; every microapplication's runs before any `loadFirst`. */
  configLoad?(): unknown;
  /** Loads what others build on; every one has ended before any `default` runs. */
  loadFirst?(): unknown;
  /** Starts the microapplication. The root's has ended before the others' begin. */
  default?(): unknown;
}

/** A microapplication that started; `value` is what its `default` answered with. */
export interface StartedMicroapp {
  readonly identifier: string;
  readonly isRoot: boolean;
  readonly module: BootstrapModule;
  readonly value: unknown;
}

/** What did not work; `microapp` is null when the configuration itself could not be had. */
export interface BootFailure {
  readonly microapp: string | null;
  readonly step: "config" | "load" | "configLoad" | "loadFirst" | "default";
  readonly error: Error;
}

export interface Booted {
  readonly kernel: Kernel;
  readonly microapps: readonly StartedMicroapp[];
  readonly failures: readonly BootFailure[];
}

interface Loaded {
  readonly microapp: Microservice;
  readonly module: BootstrapModule;
}

/**
 * Boots the app. One microapplication that fails does not stop the others: it takes no part in the steps after, and is told to `report` and in
 * `failures`. Rejects with ConfigError when there is no configuration to start from.
 */
export async function boot(kernel: Kernel, report: (failure: BootFailure) => void): Promise<Booted> {
  const failures: BootFailure[] = [];
  const fail = (failure: BootFailure): null => {
    failures.push(failure);
    report(failure);
    return null;
  };
  await loadConfig(kernel).catch((error: unknown) => {
    fail({ microapp: null, step: "config", error: asError(error) });
    throw error;
  });
  let loaded = await loadModules(kernel, fail);
  for (const step of ["configLoad", "loadFirst"] as const) loaded = await runStep(loaded, step, fail);
  const [roots, others] = [loaded.filter(({ microapp }) => microapp.isRoot), loaded.filter(({ microapp }) => !microapp.isRoot)];
  const microapps = [...(await startAll(roots, fail)), ...(await startAll(others, fail))];
  return { kernel, microapps, failures };
}

async function loadConfig(kernel: Kernel): Promise<void> {
  if (kernel.isLoaded) return;
  const embedded = embeddedConfig(kernel.platform.document);
  if (embedded) kernel.load(embedded);
  else await kernel.loadFromFile(CONFIG_URL);
}

/** The modules of all `bootstrap.js`, fetched at one time, in the order root first and then as the configuration lists them. */
async function loadModules(kernel: Kernel, fail: (failure: BootFailure) => null): Promise<Loaded[]> {
  const microapps = kernel.microservices.filter((microapp) => microapp.hasBootstrap);
  microapps.sort((left, right) => Number(right.isRoot) - Number(left.isRoot));
  const address = ({ identifier }: Microservice) => kernel.get("asset").locateAbsolute(`@${identifier}:bootstrap.js`);
  return succeeded(
    microapps.map(async (microapp) => ({ microapp, module: (await kernel.platform.importModule(address(microapp))) as BootstrapModule })),
    (position, error) => fail({ microapp: microapps[position]!.identifier, step: "load", error }),
  );
}

/** Runs one step of every microapplication at one time, and answers those that came through it. */
function runStep(loaded: readonly Loaded[], step: "configLoad" | "loadFirst", fail: (failure: BootFailure) => null): Promise<Loaded[]> {
  const runs = loaded.map(async (one) => {
    await one.module[step]?.();
    return one;
  });
  return succeeded(runs, (position, error) => fail({ microapp: loaded[position]!.microapp.identifier, step, error }));
}

function startAll(loaded: readonly Loaded[], fail: (failure: BootFailure) => null): Promise<StartedMicroapp[]> {
  const runs = loaded.map(async ({ microapp: { identifier, isRoot }, module }) => ({ identifier, isRoot, module, value: await module.default?.() }));
  return succeeded(runs, (position, error) => fail({ microapp: loaded[position]!.microapp.identifier, step: "default", error }));
}

/** The values of the promises that are fulfilled, in order; `fail` hears of each other. */
async function succeeded<T>(promises: readonly Promise<T>[], fail: (position: number, error: Error) => null): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.flatMap((one, position) => {
    if (one.status === "fulfilled") return [one.value];
    fail(position, asError(one.reason));
    return [];
  });
}
