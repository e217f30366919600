import { db } from "./db.js";

export function load(id) {
  return db.get(id);
}

