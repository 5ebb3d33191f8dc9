// Keeps the page as new as the files of a local run, which tells of every change by the server-sent event `reload`.

/** The part of EventSource that is used. */
export interface EventStream {
  addEventListener(type: string, listener: () => void): void;
}

/** Reloads the page when something changed, and when the stream opens again: the platform was stopped meanwhile, and told nothing of what changed. */
export function followChanges(events: EventStream, reload: () => void): void {
  let wasOpen = false;
  events.addEventListener("open", () => {
    if (wasOpen) reload();
    wasOpen = true;
  });
  events.addEventListener("reload", reload);
}
