import type { Platform } from "../platform.ts";

/** Levels from the least to the most urgent, as syslog names them. */
export const LEVELS = ["debug", "info", "notice", "warn", "err", "crit", "alert", "emerg"] as const;
export type Level = (typeof LEVELS)[number];

/** Tells the browser's console what happens. */
export class Log {
  /** Messages below this level are dropped. */
  level: Level = "debug";

  constructor(private readonly console: Platform["console"]) {}

  /** Writes one message; `context` is shown beside it as it is, so the console can unfold it. */
  log(message: string, level: Level = "info", context: Record<string, unknown> = {}): void {
    const urgency = LEVELS.indexOf(level);
    if (urgency < LEVELS.indexOf(this.level)) return;
    const details = Object.keys(context).length ? [context] : [];
    this.#writer(urgency)(`[${level}] ${message}`, ...details);
  }

  #writer(urgency: number): (...parts: unknown[]) => void {
    if (urgency >= LEVELS.indexOf("err")) return this.console.error.bind(this.console);
    if (urgency >= LEVELS.indexOf("warn")) return this.console.warn.bind(this.console);
    return urgency >= LEVELS.indexOf("info") ? this.console.info.bind(this.console) : this.console.debug.bind(this.console);
  }

  debug(message: string, context?: Record<string, unknown>): void {
    this.log(message, "debug", context);
  }

  info(message: string, context?: Record<string, unknown>): void {
    this.log(message, "info", context);
  }

  notice(message: string, context?: Record<string, unknown>): void {
    this.log(message, "notice", context);
  }

  warn(message: string, context?: Record<string, unknown>): void {
    this.log(message, "warn", context);
  }

  err(message: string, context?: Record<string, unknown>): void {
    this.log(message, "err", context);
  }

  crit(message: string, context?: Record<string, unknown>): void {
    this.log(message, "crit", context);
  }

  alert(message: string, context?: Record<string, unknown>): void {
    this.log(message, "alert", context);
  }

  emerg(message: string, context?: Record<string, unknown>): void {
    this.log(message, "emerg", context);
  }
}
