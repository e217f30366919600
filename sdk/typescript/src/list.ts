/**
 * Lists: as a whole, item by item, or a page at a time.
 */

import type { Page, PageOptions } from "./model.ts";
import { query, type RequestOptions, type Transport } from "./transport.ts";

/**
 * A list of the server. Nothing is asked for before something is read of it, and each reader asks anew.
 *
 * `for await (const item of list)` reads it to its end, however long that is; `break` ends it.
 */
export class List<T> implements AsyncIterable<T> {
  readonly #transport: Transport;
  readonly #path: string;
  readonly #filter: PageOptions;
  readonly #options: RequestOptions;

  constructor(transport: Transport, path: string, filter: PageOptions = {}, options: RequestOptions = {}) {
    this.#transport = transport;
    this.#path = path;
    this.#filter = filter;
    this.#options = options;
  }

  /** One page: the first, or the one that begins at `after`. */
  async page(after: string | undefined = this.#filter.after): Promise<Page<T>> {
    return this.#transport.json("GET", this.#path + query({ ...this.#filter, after }), this.#options);
  }

  /** Page after page. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    for (let after = this.#filter.after; ; ) {
      const page = await this.page(after);
      yield page;
      if (page.next === null) return;
      after = page.next;
    }
  }

  /** Item after item, over all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }

  /** All items of all pages. */
  async all(): Promise<T[]> {
    const all: T[] = [];
    for await (const { items } of this.pages()) all.push(...items);
    return all;
  }
}
