import { db } from "./db.js";

// What changes rows.

export function save(row) {
  row.changed = Date.now();
  db.put(row.id, row);
  return row;
}

export function drop(id) {
  db.del(id);
  return true;
}
