// As much of a document as the library touches.

export class FakeElement {
  readonly attributes: Record<string, string> = {};
  readonly children: FakeElement[] = [];
  readonly style = {};
  id = "";
  private own = "";

  constructor(readonly tag: string) {}

  set textContent(text: string) {
    this.own = text;
  }

  get textContent(): string {
    return this.own;
  }

  get text(): string {
    return this.own + this.children.map((child) => child.text).join("");
  }

  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }

  append(...nodes: (FakeElement | string)[]): void {
    for (const node of nodes) this.children.push(typeof node === "string" ? textNode(node) : node);
  }

  prepend(node: FakeElement): void {
    this.children.unshift(node);
  }
}

function textNode(text: string): FakeElement {
  const node = new FakeElement("#text");
  node.textContent = text;
  return node;
}

export class FakeDocument {
  readonly body = new FakeElement("body");
  readonly created: string[] = [];

  constructor(private readonly blocks: Record<string, string> = {}) {}

  createElement(tag: string): FakeElement {
    this.created.push(tag);
    return new FakeElement(tag);
  }

  getElementById(id: string): { textContent: string } | null {
    if (Object.hasOwn(this.blocks, id)) return { textContent: this.blocks[id]! };
    return this.body.children.find((child) => child.id === id) ?? null;
  }

  asDocument(): Document {
    return this as unknown as Document;
  }
}
