import a from "a";

function load(a) {
  return null;
}

function save(a) {
  if (!a) {
    return false;
  }
  return write(a);
}
