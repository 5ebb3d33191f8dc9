import { Debounce } from './debounce.js';

/** How long a changed checkbox waits for further clicks before it is saved. */
const DELAYS = { toggleMs: 200, markAllMs: 400 };
const MARK_ALL = Symbol('mark all');

/**
 * The todos as the page shows them, kept in step with the backend.
 *
 * A change shows at once and is saved behind the scenes; when saving fails it is taken back and `state.problem` says why. Saves go one after another,
 * so that the table ends as the page does however slow the network is. Nothing here knows of React or of the page.
 *
 * `state` is `{status: 'loading' | 'ready' | 'failed', todos, may, saving, problem}` and is replaced, never altered: it suits `useSyncExternalStore`.
 * `may` says by name which microservices whoever looks may call.
 */
export class TodoStore {
  #tasks;
  #delays;
  #state = { status: 'loading', todos: [], may: {}, saving: false, problem: null };
  #identity = null; // whose todos these are
  #saved = new Map(); // what the backend holds, by Id; `state.todos` may be ahead of it
  #listeners = new Set();
  #debounce = new Debounce();
  #lastWrite = Promise.resolve();
  #writing = 0;
  #edition = 0; // counts local changes, so that an answer older than the last one is not shown

  constructor(tasks, delays = DELAYS) {
    this.#tasks = tasks;
    this.#delays = delays;
    this.#state.may = tasks.may();
  }

  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getState = () => this.#state;

  /** Signs in and fetches the todos, as far as whoever looks may. */
  async load() {
    this.#set({ status: 'loading', problem: null });
    try {
      this.#identity = await this.#tasks.signIn();
      this.#set({ may: this.#tasks.may() });
      this.#adopt(this.#state.may.retrieve ? await this.#tasks.retrieve() : []);
      this.#set({ status: 'ready' });
    } catch (error) {
      this.#set({ status: 'failed', problem: `The todos could not be loaded: ${error.message}` });
    }
  }

  /** Begins anew when somebody else looks now, or the same person in another role: after signing in or out. */
  async become(identity) {
    if (this.#state.status === 'loading') return;
    if (identity !== this.#identity) await this.load();
    else this.#set({ may: this.#tasks.may() });
  }

  /** Fetches what other tabs and people did. Skipped while this page has something unsaved; a failure leaves the page as it is. */
  async refresh() {
    if (this.#state.status !== 'ready' || this.#unsaved || !this.#state.may.retrieve) return;
    const edition = this.#edition;
    const todos = await this.#tasks.retrieve().catch(() => null);
    if (todos !== null && edition === this.#edition) this.#adopt(todos);
  }

  /** Saves what still waits for further clicks; called when the page is left. */
  flush() {
    this.#debounce.flush();
  }

  dismiss() {
    this.#set({ problem: null });
  }

  /** Creates a todo; resolves to whether it was, so that a title that could not be saved can stay where it was typed. */
  async create(text) {
    const title = text.trim();
    if (title === '' || this.#state.saving) return false;
    this.#set({ saving: true, problem: null });
    const todo = await this.#write('created', () => this.#tasks.create({ Title: title, Completed: false }));
    if (todo) this.#saved.set(todo.Id, todo);
    this.#set({ saving: false, todos: todo ? [...this.#state.todos, todo] : this.#state.todos });
    return todo !== null;
  }

  /** Gives a todo another title. An empty one removes the todo, and only that; the same one does nothing. */
  rename(id, text) {
    const title = text.trim();
    if (title === '') return this.remove(id);
    if (title !== this.#find(id)?.Title) this.#change(id, { Title: title });
  }

  toggle(id) {
    this.#patch(new Set([id]), { Completed: !this.#find(id).Completed });
    this.#debounce.schedule(id, this.#delays.toggleMs, () => this.#saveCompleted(id));
  }

  markAll(completed) {
    this.#debounce.cancelAll(); // single clicks that still wait are saved with the rest
    this.#patch(new Set(this.#state.todos.map((todo) => todo.Id)), { Completed: completed });
    this.#debounce.schedule(MARK_ALL, this.#delays.markAllMs, () => this.#saveMarks());
  }

  async remove(id) {
    const [todo] = this.#takeOut((each) => each.Id === id);
    if (!todo) return;
    const answer = await this.#write('deleted', () => this.#tasks.remove(id));
    if (answer === null) this.#putBack([todo]);
    else this.#saved.delete(id);
  }

  async clearCompleted() {
    const taken = this.#takeOut((todo) => todo.Completed);
    if (taken.length === 0) return;
    const failed = await this.#writeMany('deleted', () => this.#tasks.deleteCompleted(taken.map((todo) => todo.Id)), taken);
    for (const todo of taken) if (!failed.has(todo.Id)) this.#saved.delete(todo.Id);
    this.#putBack(taken.filter((todo) => failed.has(todo.Id)));
  }

  get #unsaved() {
    return this.#writing > 0 || this.#debounce.size > 0;
  }

  #find(id) {
    return this.#state.todos.find((todo) => todo.Id === id);
  }

  #set(part) {
    this.#state = { ...this.#state, ...part };
    for (const listener of this.#listeners) listener();
  }

  /** Takes the backend's todos as the truth. */
  #adopt(todos) {
    this.#saved = new Map(todos.map((todo) => [todo.Id, todo]));
    this.#set({ todos: inOrder(todos) });
  }

  #patch(ids, fields) {
    this.#edition += 1;
    this.#set({ todos: this.#state.todos.map((todo) => (ids.has(todo.Id) ? { ...todo, ...fields } : todo)) });
  }

  #takeOut(matches) {
    const taken = this.#state.todos.filter(matches);
    for (const todo of taken) this.#debounce.cancel(todo.Id);
    this.#edition += 1;
    this.#set({ todos: this.#state.todos.filter((todo) => !taken.includes(todo)) });
    return taken;
  }

  #putBack(todos) {
    if (todos.length > 0) this.#set({ todos: inOrder([...this.#state.todos, ...todos]) });
  }

  /** Shows `fields` at once and saves them; a failure shows what the backend holds again, unless it was changed once more meanwhile. */
  async #change(id, fields) {
    this.#patch(new Set([id]), fields);
    const answer = await this.#write('saved', () => this.#tasks.update({ Id: id, ...fields }));
    if (answer === null) this.#flipBack(id, fields);
    else this.#confirm(id, fields);
  }

  async #saveCompleted(id) {
    const { Completed } = this.#find(id);
    if (Completed !== this.#saved.get(id)?.Completed) await this.#change(id, { Completed });
  }

  async #saveMarks() {
    const marks = this.#state.todos
      .filter((todo) => todo.Completed !== this.#saved.get(todo.Id)?.Completed)
      .map(({ Id, Completed }) => ({ Id, Completed }));
    if (marks.length === 0) return;
    const failed = await this.#writeMany('marked', () => this.#tasks.markAll(marks), marks);
    for (const { Id, Completed } of marks) {
      if (failed.has(Id)) this.#flipBack(Id, { Completed });
      else this.#confirm(Id, { Completed });
    }
  }

  #confirm(id, fields) {
    if (this.#saved.has(id)) this.#saved.set(id, { ...this.#saved.get(id), ...fields });
  }

  #flipBack(id, fields) {
    const saved = this.#saved.get(id);
    const shown = this.#find(id);
    const untouched = Object.keys(fields).filter((name) => shown && saved && shown[name] === fields[name]);
    this.#patch(new Set([id]), Object.fromEntries(untouched.map((name) => [name, saved[name]])));
  }

  /** Runs one save after those before it. Resolves to its answer, or to null after telling the user that it failed. */
  async #write(done, job) {
    this.#edition += 1;
    this.#writing += 1;
    const answer = this.#lastWrite.then(job);
    this.#lastWrite = answer.catch(() => {});
    try {
      return await answer;
    } catch (error) {
      this.#set({ problem: `It could not be ${done}: ${error.message}` });
      return null;
    } finally {
      this.#writing -= 1;
    }
  }

  /** Like `#write`, for a microservice that answers for each todo: resolves to the set of Ids that failed (all of them when there is no answer). */
  async #writeMany(done, job, todos) {
    const answer = await this.#write(done, job);
    if (answer === null) return new Set(todos.map((todo) => todo.Id));
    const failed = answer.results.filter((result) => !result.ok);
    if (failed.length > 0) this.#set({ problem: `${failed.length} of ${todos.length} could not be ${done}: ${failed[0].error}` });
    return new Set(failed.map((result) => result.Id));
  }
}

/** Oldest first: a table keeps no order of its own. */
function inOrder(todos) {
  return [...todos].sort((one, other) => compare(one.createdAt, other.createdAt) || compare(one.Id, other.Id));
}

function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}
