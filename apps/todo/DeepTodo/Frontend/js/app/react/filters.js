/** The three views of the list, each with the part of the URL that opens it. */
export const FILTERS = [
  { name: 'All', hash: '#/', shows: () => true },
  { name: 'Active', hash: '#/active', shows: (todo) => !todo.Completed },
  { name: 'Completed', hash: '#/completed', shows: (todo) => todo.Completed },
];

/** The view that a `location.hash` asks for; `#!/active` is understood too, and anything unknown shows all. */
export function filterFor(hash) {
  const wanted = hash.replace('#!', '#');
  return FILTERS.find((filter) => filter.hash === wanted) ?? FILTERS[0];
}
