/** A page of a list, and which one to ask for. */

/** A page of a list. */
export interface Page<T> {
  /** The items, in the list's order. */
  items: T[];
  /** Where the next page begins, for `after`; null where the list ends. */
  next: string | null;
}

/** How much of a list to ask for. */
export interface PageOptions {
  /** Items of a page, 1 to 200; 50 when left out. */
  limit?: number | undefined;
  /** `next` of the page before, of the same list with the same filter; the list begins when left out. */
  after?: string | undefined;
}
