// Rows, kept in memory.
const rows = new Map();

// By id.
export const get = (id) => rows.get(id);
