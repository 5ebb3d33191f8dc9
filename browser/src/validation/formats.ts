// The formats the client checks, told generously: what is doubtful passes, because the backend decides.

const EMAIL = /^[^\s@]+@[^\s@]+\.?[^\s@]*$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?$/;
const URI = /^[a-z][a-z0-9+.-]*:\S+$/i;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  email: (text) => EMAIL.test(text),
  uri: (text) => URI.test(text),
  date: (text) => DATE.test(text) && !Number.isNaN(Date.parse(text)),
  "date-time": (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text.replace(" ", "T"))),
};

/** Whether a text has a format; an unknown format is had by every text. */
export function hasFormat(text: string, format: string): boolean {
  return FORMATS[format]?.(text) ?? true;
}
