// What boot shows when something goes wrong: a person who sees an empty page should read why.

import type { BootFailure } from "./boot.ts";

const PANEL_ID = "deep-boot-failures";

const STYLE: Partial<CSSStyleDeclaration> = {
  margin: "2rem auto",
  maxWidth: "40rem",
  padding: "1rem 1.5rem",
  borderLeft: "4px solid #c62828",
  background: "#fff5f5",
  color: "#3b0d0d",
  font: "16px/1.5 system-ui, sans-serif",
  overflowWrap: "anywhere",
};

/** Adds a failure to the panel at the top of the page. All of it is text: nothing of an error's message becomes markup. */
export function showFailure(document: Document, failure: BootFailure): void {
  const paragraph = document.createElement("p");
  const subject = document.createElement("strong");
  subject.textContent = title(failure);
  paragraph.append(subject, document.createElement("br"), failure.error.message);
  panel(document).append(paragraph);
}

/** One line that says what did not work. */
export function title({ microapp, step }: BootFailure): string {
  if (microapp === null) return "This app could not be loaded.";
  return step === "load" ? `${microapp}: its bootstrap.js could not be loaded.` : `${microapp}: its ${step} failed.`;
}

function panel(document: Document): HTMLElement {
  const there = document.getElementById(PANEL_ID);
  if (there) return there;
  const made = document.createElement("section");
  made.id = PANEL_ID;
  made.setAttribute("role", "alert");
  Object.assign(made.style, STYLE);
  document.body.prepend(made);
  return made;
}
