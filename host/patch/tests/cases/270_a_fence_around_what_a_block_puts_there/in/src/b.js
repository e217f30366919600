import x from "x";

export function b() {
  return 2;
}

export function c() {
  return 3;
}
