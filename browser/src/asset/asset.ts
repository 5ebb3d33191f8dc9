import type { Kernel } from "../kernel/kernel.ts";

/** Where the files of a microapplication's frontend are in this page. */
export class AssetService {
  /** Set to false to get addresses without their version. */
  injectBuildId = true;

  constructor(private readonly kernel: Kernel) {}

  /**
   * The address of a frontend file, relative to the app: `@deep.todo:js/app.js` -> `deep.todo/js/app.js?_v=1234abcd`.
   * Files of the root microapplication have no prefix. Throws InvalidReferenceError.
   */
  locate(reference: string, suffix = "", skipVersioning = false): string {
    const { microapp, path } = this.kernel.resolve(reference);
    const isRoot = this.kernel.config.microapps[microapp]?.isRoot;
    const address = `${isRoot ? "" : `${microapp}/`}${path.replace(/^\/+/, "")}${suffix}`;
    return skipVersioning || !this.injectBuildId ? address : this.#versioned(address);
  }

  /** `locate`, as a whole URL. */
  locateAbsolute(reference: string, suffix = "", skipVersioning = false): string {
    return this.kernel.absolute(this.locate(reference, suffix, skipVersioning));
  }

  #versioned(address: string): string {
    const [file = "", fragment] = address.split("#", 2);
    const versioned = `${file}${file.includes("?") ? "&" : "?"}_v=${this.kernel.buildId}`;
    return fragment === undefined ? versioned : `${versioned}#${fragment}`;
  }
}
