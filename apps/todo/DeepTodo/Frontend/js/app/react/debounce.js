/** Jobs that wait a little, each under a key; scheduling a key again starts its wait anew, so a burst of clicks becomes one job. */
export class Debounce {
  #waiting = new Map();

  get size() {
    return this.#waiting.size;
  }

  schedule(key, delayMs, job) {
    this.cancel(key);
    const run = () => {
      this.cancel(key);
      job();
    };
    this.#waiting.set(key, { run, timer: setTimeout(run, delayMs) });
  }

  cancel(key) {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.delete(key);
  }

  cancelAll() {
    for (const key of [...this.#waiting.keys()]) this.cancel(key);
  }

  /** Runs everything that waits, now. */
  flush() {
    for (const { run } of [...this.#waiting.values()]) run();
  }
}
