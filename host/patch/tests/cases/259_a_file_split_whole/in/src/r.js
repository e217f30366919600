import { db } from "./db.js";

export function load(id) {
  return db.get(id);
}

export function save(row) {
  row.changed = Date.now();
  db.put(row.id, row);
  return row;
}

export function drop(id) {
  db.del(id);
  return true;
}
