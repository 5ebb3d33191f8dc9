/** Makes an element: `make('p', { className: 'quiet', 'aria-live': 'polite' }, 'Hello')`. Names with a dash are attributes, others properties. */
export function make(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes('-') || name === 'role') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
