/* global DeepFramework */

const PAGE = `
  <form class="hello">
    <h1>Hello, who are you?</h1>
    <label for="hello-name">Your name</label>
    <input id="hello-name" name="Name" required minlength="2" maxlength="255" pattern="[A-Za-z0-9]+" autocomplete="given-name"
      title="2 to 255 letters and digits" autofocus />
    <button>Say hello</button>
    <p role="status"></p>
  </form>`;

/** Draws the page into `element`; the root microapplication calls this once. */
export default function mount(element) {
  const { container } = DeepFramework.Kernel;
  const href = container.get('asset').locateAbsolute('@deep.helloworld:css/hello.css');
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
  document.title = 'Hello World';
  element.innerHTML = PAGE;
  const form = element.querySelector('form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    greet(container.get('resource').get('@deep.helloworld:sample'), form);
  });
}

async function greet(sample, form) {
  await DeepFramework.Kernel.get('security').anonymousLogin();
  const response = await sample.request('say-hello', { Name: form.elements.Name.value }).send();
  form.querySelector('[role=status]').textContent = response.isError ? response.error.message : response.data.Message;
}
