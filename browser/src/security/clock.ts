/** How far a computer's clock may be off before it is corrected; less than that, the time an answer travels says more than the clocks do. */
const TOLERATED_MS = 30_000;

/** The part of AWS's refusal of a wrong clock that says what its own shows: `(20160212T120500Z - 5 min.)`. */
const SERVER_TIME = /\((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z [+-] \d+ min/;

/** The time as the servers have it: the computer's own clock, corrected by what answers say. Signatures of a wrong time are refused. */
export class Clock {
  #aheadMs = 0;

  constructor(private readonly local: () => number) {}

  /** Unix time in milliseconds. */
  now(): number {
    return this.local() + this.#aheadMs;
  }

  /**
   * Learns from an answer of right now: from its `Date` header, or where a page may not read that (other origins), from the words of a refusal.
   * Answers whether the clock was set.
   */
  heed(date: string | null | undefined, words = ""): boolean {
    const told = Date.parse(date ?? "") || spoken(words);
    if (!told || Math.abs(told - this.now()) < TOLERATED_MS) return false;
    this.#aheadMs = told - this.local();
    return true;
  }
}

function spoken(words: string): number {
  const found = SERVER_TIME.exec(words)?.slice(1).map(Number);
  return found ? Date.UTC(found[0]!, found[1]! - 1, ...(found.slice(2) as [number, number, number, number])) : 0;
}
