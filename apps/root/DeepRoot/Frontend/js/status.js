/** Adds a message to `main`: a title, a text, and where given the reason and a button to try again. */
export function addStatus(main, { title, text, reason, retry }) {
  const create = (tag, properties) => Object.assign(main.ownerDocument.createElement(tag), properties);
  const status = create('div', { className: 'shell-status', role: 'alert' });
  status.append(create('h1', { textContent: title }), create('p', { textContent: text }));
  if (reason) status.append(create('p', { className: 'shell-reason', textContent: reason }));
  if (retry) status.append(create('button', { type: 'button', className: 'shell-action', textContent: 'Try again', onclick: retry }));
  main.append(status);
}
